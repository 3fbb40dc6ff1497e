package dev.lastunit.app.axon;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.eventstore.PostgresEventStorageEngine;
import dev.lastunit.eventstore.StoreHead;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.bus.BusCommands;
import dev.lastunit.shared.command.bus.ShardedCommandBus;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/**
 * A SKU with 100,000 events is loaded from its snapshot and the few events after it: as many as a
 * SKU with a thousand.
 */
class LongStreamTest {

  private static final int EVENTS = 100_000;
  private static final int AT_ONCE = 2_000;
  private static final Sku SKU = new Sku("bestseller");
  private static final String STREAM = StockCommand.streamOf(SKU);
  private static final LocationId MAIN = new LocationId("main");

  @TempDir static Path directory;

  @Test
  void costsNoMoreToLoadThanAShortOne() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(PostgresSettings.in(directory));
        HikariDataSource dataSource = dataSource(postgres)) {
      Flyway.configure()
          .dataSource(dataSource)
          .locations("classpath:db/eventstore")
          .load()
          .migrate();
      try (Node node = new Node(dataSource)) {
        node.write();
        // Loads all there is, once, and leaves a snapshot behind.
        assertThat(node.receive("first").onHand()).isEqualTo(EVENTS + 1);
        node.awaitSnapshot();
      }

      try (Node fresh = new Node(dataSource)) {
        assertThat(fresh.messagesToLoad())
            .isLessThanOrEqualTo(AxonConfiguration.SNAPSHOT_EVERY_EVENTS);
        assertThat(fresh.receive("second").onHand()).isEqualTo(EVENTS + 2);
        // What the first node was told is known to the second.
        assertThat(fresh.receive("first").onHand()).isEqualTo(EVENTS + 2);
      }
    }
  }

  private static HikariDataSource dataSource(EmbeddedPostgres postgres) {
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(postgres.jdbcUrl());
    pool.setUsername(EmbeddedPostgres.NAME);
    pool.setPassword(postgres.password());
    pool.setMaximumPoolSize(4);
    return new HikariDataSource(pool);
  }

  /** Bus, store and snapshotter as the product has them. */
  private static final class Node implements AutoCloseable {
    private final JdbcTemplate jdbc;
    private final SpringTransactionManager transactions;
    private final PostgresEventStorageEngine engine;
    private final EventStore store;
    private final ShardedCommandBus bus;
    private final Configuration axon;
    private final BusCommands commands;

    Node(HikariDataSource dataSource) {
      AxonConfiguration product = new AxonConfiguration();
      StoreHead head = new StoreHead();
      jdbc = new JdbcTemplate(dataSource);
      transactions = new SpringTransactionManager(new DataSourceTransactionManager(dataSource));
      engine = product.eventStorageEngine(dataSource, head);
      store = product.eventStore(engine);
      bus =
          new ShardedCommandBus(
              transactions,
              AxonConfiguration.appendLog(engine),
              new Limits(1, 1_000, 100),
              new SimpleMeterRegistry());
      axon =
          DefaultConfigurer.defaultConfiguration(false)
              .configureEventStore(c -> store)
              .configureCommandBus(c -> bus)
              .configureSerializer(c -> Jackson3Serializer.builder().build())
              .configureAggregate(
                  AxonConfiguration.stock(store, engine, product.snapshotter(store)))
              .buildConfiguration();
      axon.start();
      commands = new BusCommands(bus, head::position);
    }

    void write() {
      for (int from = 0; from < EVENTS; from += AT_ONCE) {
        List<DomainEventMessage<?>> events = new ArrayList<>(AT_ONCE);
        for (int i = from; i < from + AT_ONCE; i++) {
          StockReceived received =
              new StockReceived(SKU, new CommandId("receipt-" + i), MAIN, 1, null);
          events.add(new GenericDomainEventMessage<>("stock", STREAM, i, received));
        }
        DefaultUnitOfWork<?> unitOfWork = DefaultUnitOfWork.startAndGet(null);
        unitOfWork.attachTransaction(transactions);
        unitOfWork.execute(() -> engine.appendEvents(events));
      }
    }

    StockLevel receive(String commandId) {
      Result<StockLevel> result =
          commands
              .send(new ReceiveStock(SKU, new CommandId(commandId), MAIN, 1, null))
              .join()
              .result();
      return result.fold(Result.Accepted::value, refused -> null);
    }

    long messagesToLoad() {
      return store.readEvents(STREAM).asStream().count();
    }

    void awaitSnapshot() {
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!Boolean.TRUE.equals(
          jdbc.queryForObject(
              "select exists (select from eventstore.snapshot where stream = ?)",
              Boolean.class,
              STREAM))) {
        assertThat(System.nanoTime()).as("a snapshot within 60 s").isLessThan(deadline);
        try {
          Thread.sleep(20);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public void close() {
      bus.stop(5_000);
      axon.shutdown();
    }
  }
}
