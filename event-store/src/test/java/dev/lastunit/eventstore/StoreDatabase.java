package dev.lastunit.eventstore;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * A real PostgreSQL with the event store's schema, and an engine over it. One for each test class.
 */
final class StoreDatabase implements AutoCloseable {

  private final EmbeddedPostgres postgres;
  private final HikariDataSource dataSource;
  final JdbcTemplate jdbc;
  StoreHead head = new StoreHead();
  final TransactionManager transactions;
  final PlatformTransactionManager jdbcTransactions;

  /** Tells nobody of what it appends unless a test says so. */
  PostgresEventStorageEngine engine;

  StoreDatabase() {
    try {
      postgres =
          EmbeddedPostgres.builder()
              .setServerConfig("synchronous_commit", "on")
              .setOverrideWorkingDirectory(new File("target/postgres-binaries"))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(postgres.getPostgresDatabase());
    pool.setMaximumPoolSize(16);
    dataSource = new HikariDataSource(pool);
    Flyway.configure().dataSource(dataSource).locations("classpath:db/eventstore").load().migrate();
    jdbc = new JdbcTemplate(dataSource);
    jdbcTransactions = new DataSourceTransactionManager(dataSource);
    transactions = new SpringTransactionManager(jdbcTransactions);
    engine = engine(head);
  }

  /** Another node's engine. */
  PostgresEventStorageEngine engine(StoreHead headOfNode) {
    return engine(jdbc, headOfNode);
  }

  static PostgresEventStorageEngine engine(JdbcTemplate jdbc, StoreHead headOfNode) {
    return new PostgresEventStorageEngine(
        jdbc,
        new EventStoreSerializer(java.util.Map.of("test.Counter@1", Counter.class)),
        NoOpEventUpcaster.INSTANCE,
        headOfNode,
        100);
  }

  /** Connections that nobody else uses. */
  DataSource single(String applicationName) {
    return single("postgres", applicationName);
  }

  /** The same to another database of the server. */
  DataSource single(String name, String applicationName) {
    PGSimpleDataSource connections = new PGSimpleDataSource();
    connections.setUrl(postgres.getJdbcUrl("postgres", name));
    connections.setApplicationName(applicationName);
    return connections;
  }

  /** State of an aggregate that exists for these tests only. */
  record Counter(int value) {}

  void clear() {
    jdbc.execute(
        "truncate eventstore.event, eventstore.stream_event, eventstore.snapshot,"
            + " eventstore.processor,"
            + " eventstore.void_append");
    // A node does not outlive the loss of events that it knows.
    head = new StoreHead();
    engine = engine(head);
  }

  /** Appends in a transaction of its own. */
  void append(List<? extends DomainEventMessage<?>> events) {
    append(engine, events);
  }

  void append(PostgresEventStorageEngine node, List<? extends DomainEventMessage<?>> events) {
    inUnitOfWork(unitOfWork -> node.appendEvents(events));
  }

  /** Appends in a transaction that is rolled back. */
  void appendAndRollBack(List<? extends DomainEventMessage<?>> events) {
    Transaction transaction = transactions.startTransaction();
    engine.appendEvents(events);
    transaction.rollback();
  }

  /**
   * Does something in a transaction that is then committed, in a unit of work that tells nobody.
   */
  void inTransaction(Runnable work) {
    Transaction transaction = transactions.startTransaction();
    try {
      work.run();
      transaction.commit();
    } catch (RuntimeException e) {
      transaction.rollback();
      throw e;
    }
  }

  void inUnitOfWork(Consumer<DefaultUnitOfWork<?>> work) {
    DefaultUnitOfWork<?> unitOfWork = DefaultUnitOfWork.startAndGet(null);
    unitOfWork.attachTransaction(transactions);
    try {
      work.accept(unitOfWork);
      unitOfWork.commit();
    } catch (RuntimeException e) {
      if (unitOfWork.isActive()) {
        unitOfWork.rollback(e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    dataSource.close();
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
