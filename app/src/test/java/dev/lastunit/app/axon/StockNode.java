package dev.lastunit.app.axon;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.eventstore.PostgresEventStorageEngine;
import dev.lastunit.eventstore.StoreHead;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.command.bus.BusCommands;
import dev.lastunit.shared.command.bus.ShardedCommandBus;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.axonframework.config.Configuration;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/**
 * A node that knows stock only: bus, aggregates, store and snapshotter of its own, as the product
 * has them, over a database that it may share with others.
 */
final class StockNode implements AutoCloseable {

  final SpringTransactionManager transactions;
  final PostgresEventStorageEngine engine;
  final EventStore store;
  final Commands commands;
  private final ShardedCommandBus bus;
  private final Configuration axon;

  StockNode(HikariDataSource dataSource, int shards, int queue) {
    AxonConfiguration product = new AxonConfiguration();
    StoreHead head = new StoreHead();
    transactions = new SpringTransactionManager(new DataSourceTransactionManager(dataSource));
    engine = product.eventStorageEngine(dataSource, head);
    store = product.eventStore(engine);
    bus =
        new ShardedCommandBus(
            transactions,
            AxonConfiguration.appendLog(engine),
            new Limits(shards, queue, 100),
            new SimpleMeterRegistry());
    axon =
        DefaultConfigurer.defaultConfiguration(false)
            .configureEventStore(c -> store)
            .configureCommandBus(c -> bus)
            .configureSerializer(c -> Jackson3Serializer.builder().build())
            .configureAggregate(AxonConfiguration.stock(store, engine, product.snapshotter(store)))
            .buildConfiguration();
    axon.start();
    commands = new BusCommands(bus, head::position);
  }

  /** A pool over the server, with the event store's schema in place. */
  static HikariDataSource database(EmbeddedPostgres postgres) {
    HikariConfig pool = new HikariConfig();
    pool.setJdbcUrl(postgres.jdbcUrl());
    pool.setUsername(EmbeddedPostgres.NAME);
    pool.setPassword(postgres.password());
    pool.setMaximumPoolSize(20);
    HikariDataSource dataSource = new HikariDataSource(pool);
    Flyway.configure().dataSource(dataSource).locations("classpath:db/eventstore").load().migrate();
    return dataSource;
  }

  @Override
  public void close() {
    bus.stop(5_000);
    axon.shutdown();
  }
}
