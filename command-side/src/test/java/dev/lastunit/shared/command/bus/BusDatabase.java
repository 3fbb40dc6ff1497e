package dev.lastunit.shared.command.bus;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.eventstore.EventStoreSerializer;
import dev.lastunit.eventstore.PostgresEventStorageEngine;
import dev.lastunit.eventstore.Shortage;
import dev.lastunit.eventstore.StoreHead;
import dev.lastunit.inventory.command.InventoryCommandSide;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.AggregateFactory;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.EventCountSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.GenericAggregateFactory;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.SnapshotTriggerDefinition;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.modelling.command.AggregateAnnotationCommandHandler;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.flywaydb.core.Flyway;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A real PostgreSQL with the event store's schema, and nodes that sell stock over it. */
final class BusDatabase implements AutoCloseable {

  private final EmbeddedPostgres.Builder builder;
  private EmbeddedPostgres postgres;
  private final HikariDataSource pool;
  private final DataSource dataSource;
  final JdbcTemplate jdbc;

  private final AtomicInteger appendsUntilLost = new AtomicInteger();
  private volatile boolean lostAfterCommit;
  private volatile boolean losing;

  /** What was sent to the server since it was last cleared. */
  final List<String> statements = new CopyOnWriteArrayList<>();

  BusDatabase(EmbeddedPostgres.Builder builder) {
    this.builder = builder.setOverrideWorkingDirectory(new File("target/postgres-binaries"));
    startServer();
    HikariConfig config = new HikariConfig();
    config.setDataSource(postgres.getPostgresDatabase());
    config.setMaximumPoolSize(16);
    config.setConnectionInitSql("set enable_seqscan = off");
    config.setConnectionTimeout(1_000);
    pool = new HikariDataSource(config);
    dataSource = new ListeningDataSource(pool, new Listener());
    Flyway.configure().dataSource(pool).locations("classpath:db/eventstore").load().migrate();
    jdbc = new JdbcTemplate(dataSource);
  }

  private void startServer() {
    try {
      postgres = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After its end; the builder must say where its data are and at which port. */
  void restartServer() {
    stopServer();
    startServer();
    pool.getHikariPoolMXBean().softEvictConnections();
  }

  boolean isServerAlive() {
    return postgres.getProcess().isAlive();
  }

  private void stopServer() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loses the connection at an append. */
  private final class Listener implements ListeningDataSource.Listener {

    @Override
    public void before(Connection connection, String sql) throws SQLException {
      statements.add(sql);
      if (sql.contains("insert into eventstore.event ")
          && appendsUntilLost.decrementAndGet() == 0) {
        if (lostAfterCommit) {
          losing = true;
        } else {
          int backend = connection.unwrap(PGConnection.class).getBackendPID();
          new JdbcTemplate(pool)
              .queryForObject("select pg_terminate_backend(?, 10000)", Boolean.class, backend);
        }
      }
    }

    @Override
    public void after(String sql) throws SQLException {
      if (losing) {
        losing = false;
        throw new SQLException("The connection was lost", "08006");
      }
    }
  }

  /**
   * Loses the connection of an append that is still to come, once.
   *
   * @param append 1 for the next one
   * @param afterCommit when it is committed, and not when it is sent
   */
  void loseConnection(int append, boolean afterCommit) {
    lostAfterCommit = afterCommit;
    appendsUntilLost.set(append);
  }

  /** For tests: does not wait for the disk. */
  static BusDatabase quick() {
    return new BusDatabase(EmbeddedPostgres.builder());
  }

  /** For measurements: waits for the disk. */
  static BusDatabase durable() {
    return new BusDatabase(
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "512MB")
            .setServerConfig("wal_buffers", "16MB")
            .setServerConfig("max_wal_size", "4GB")
            .setServerConfig("jit", "off"));
  }

  String url() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  void clear() {
    jdbc.execute(
        "truncate eventstore.event, eventstore.stream_event, eventstore.snapshot,"
            + " eventstore.void_append");
  }

  /** Does something while nobody can append. */
  void whileAppendsWait(Node node, Runnable work) {
    new TransactionTemplate(new DataSourceTransactionManager(dataSource))
        .executeWithoutResult(
            status -> {
              node.engine.lockAppends();
              work.run();
            });
  }

  /** Leaves nothing to be cleaned up during a measurement. */
  void settle() {
    jdbc.execute("vacuum analyze eventstore.event, eventstore.stream_event");
    jdbc.execute("checkpoint");
  }

  long events() {
    return jdbc.queryForObject("select count(*) from eventstore.event", Long.class);
  }

  /** Of all server processes that are alive. */
  long cpuNanos() {
    String postmaster = jdbc.queryForObject("select pg_read_file('postmaster.pid')", String.class);
    return ProcessHandle.of(Long.parseLong(postmaster.lines().findFirst().orElseThrow()))
        .orElseThrow()
        .descendants()
        .mapToLong(BusDatabase::cpuNanos)
        .sum();
  }

  static long cpuNanos(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  Node node(Limits limits) {
    return new Node(this, limits, InventoryCommandSide.aggregate(), 0);
  }

  /**
   * @param snapshotEvery events of a SKU between two snapshots
   */
  Node nodeWithSnapshots(Limits limits, int snapshotEvery) {
    return new Node(this, limits, InventoryCommandSide.aggregate(), snapshotEvery);
  }

  /** Bus, store and aggregates of one process. */
  static final class Node implements AutoCloseable {
    private final ShardedCommandBus bus;
    private final EmbeddedEventStore store;
    private final Commands commands;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final PostgresEventStorageEngine engine;
    final StoreHead head = new StoreHead();

    <T> Node(BusDatabase database, Limits limits, Class<T> type, int snapshotEvery) {
      engine =
          new PostgresEventStorageEngine(
              database.jdbc,
              new EventStoreSerializer(Map.of("inventory.SkuInventory@1", type)),
              NoOpEventUpcaster.INSTANCE,
              head,
              1_000);
      store = EmbeddedEventStore.builder().storageEngine(engine).build();
      bus =
          new ShardedCommandBus(
              new SpringTransactionManager(new DataSourceTransactionManager(database.dataSource)),
              new AppendLog(
                  engine::commitTogether,
                  engine::appendAndCommit,
                  engine::firstAppended,
                  engine::lastAppended,
                  engine::isCommitted,
                  engine::lockAppends,
                  engine::readStreams,
                  Shortage::is),
              limits,
              meters);
      AggregateAnnotationCommandHandler.<T>builder()
          .aggregateType(type)
          .repository(new ShardRepository<>(type, store, engine, snapshots(type, snapshotEvery)))
          .commandTargetResolver(new StreamTargetResolver())
          .build()
          .subscribe(bus);
      commands = new BusCommands(bus, head::position);
    }

    private <T> SnapshotTriggerDefinition snapshots(Class<T> type, int every) {
      if (every == 0) {
        return NoSnapshotTriggerDefinition.INSTANCE;
      }
      return new EventCountSnapshotTriggerDefinition(
          AggregateSnapshotter.builder()
              .eventStore(store)
              .aggregateFactories(List.<AggregateFactory<?>>of(new GenericAggregateFactory<>(type)))
              .build(),
          every);
    }

    Commands commands() {
      return commands;
    }

    @Override
    public void close() {
      bus.stop(5_000);
      store.shutDown();
    }
  }

  @Override
  public void close() {
    pool.close();
    stopServer();
  }
}
