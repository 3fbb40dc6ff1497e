package dev.lastunit.app.axon;

import dev.lastunit.app.database.DatabaseAddress;
import dev.lastunit.app.database.DatabaseReady;
import dev.lastunit.cart.command.CartCommandSide;
import dev.lastunit.catalogue.command.CatalogueCommandSide;
import dev.lastunit.eventstore.AppendNotices;
import dev.lastunit.eventstore.EventFeed;
import dev.lastunit.eventstore.EventPartitions;
import dev.lastunit.eventstore.EventProcessors;
import dev.lastunit.eventstore.EventStoreSerializer;
import dev.lastunit.eventstore.EventTail;
import dev.lastunit.eventstore.NodeProcessors;
import dev.lastunit.eventstore.PostgresEventStorageEngine;
import dev.lastunit.eventstore.Shortage;
import dev.lastunit.eventstore.StoreHead;
import dev.lastunit.fulfilment.command.FulfilmentCommandSide;
import dev.lastunit.inventory.command.InventoryCommandSide;
import dev.lastunit.operations.command.OperationsCommandSide;
import dev.lastunit.ordering.command.OrderIdSecret;
import dev.lastunit.ordering.command.OrderingCommandSide;
import dev.lastunit.payment.command.PaymentCommandSide;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.NodeName;
import dev.lastunit.shared.command.bus.AppendLog;
import dev.lastunit.shared.command.bus.BusCommands;
import dev.lastunit.shared.command.bus.ShardRepository;
import dev.lastunit.shared.command.bus.ShardedCommandBus;
import dev.lastunit.shared.command.bus.ShardedCommandBus.Limits;
import dev.lastunit.shared.command.bus.StreamTargetResolver;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.config.AggregateConfigurer;
import org.axonframework.config.Configurer;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.eventsourcing.AggregateFactory;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.EventCountSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.GenericAggregateFactory;
import org.axonframework.eventsourcing.NoSnapshotTriggerDefinition;
import org.axonframework.eventsourcing.SnapshotTriggerDefinition;
import org.axonframework.eventsourcing.Snapshotter;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.queryhandling.DefaultQueryGateway;
import org.axonframework.queryhandling.QueryBus;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.SimpleQueryBus;
import org.axonframework.serialization.jackson3.Jackson3Serializer;
import org.axonframework.serialization.upcasting.event.NoOpEventUpcaster;
import org.axonframework.spring.messaging.unitofwork.SpringTransactionManager;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Axon, part by part. */
@org.springframework.context.annotation.Configuration(proxyBeanMethods = false)
class AxonConfiguration {

  /** Aggregates kept in memory; the least recently used ones are read again when needed. */
  private static final int CACHED_AGGREGATES = 100_000;

  /**
   * Events of one SKU between two snapshots; loading one takes a snapshot and at most about so many
   * events.
   */
  static final int SNAPSHOT_EVERY_EVENTS = 500;

  private static final int FETCH_SIZE = 1_000;

  /**
   * Threads that write: one for each two processors. The limit on this kind of work is CPU, the
   * database takes its share, and more shards mean smaller batches and thus more commits for the
   * same commands.
   */
  private static final int COMMAND_SHARDS =
      Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private static final int COMMANDS_WAITING_FOR_EACH_SHARD = 8_192;

  /** How often the store is asked for what other nodes have appended and nobody has announced. */
  private static final long OTHER_NODES_POLL_MILLIS = 1_000;

  private static final Class<?> STOCK = InventoryCommandSide.aggregate();

  private static final Map<String, Class<?>> SNAPSHOTS = Map.of("inventory.SkuInventory@1", STOCK);

  @Bean
  StoreHead storeHead() {
    return new StoreHead();
  }

  @Bean
  TransactionManager axonTransactionManager(PlatformTransactionManager transactions) {
    return new SpringTransactionManager(transactions);
  }

  @Bean
  PostgresEventStorageEngine eventStorageEngine(DataSource dataSource, StoreHead head) {
    return new PostgresEventStorageEngine(
        new JdbcTemplate(dataSource),
        new EventStoreSerializer(SNAPSHOTS),
        NoOpEventUpcaster.INSTANCE,
        head,
        FETCH_SIZE);
  }

  @Bean
  EventStore eventStore(PostgresEventStorageEngine engine) {
    return EmbeddedEventStore.builder().storageEngine(engine).build();
  }

  @Bean
  EventPartitions eventPartitions(
      DataSource dataSource, PlatformTransactionManager transactions, StoreHead head) {
    return new EventPartitions(
        new JdbcTemplate(dataSource), transactions, head, EventPartitions.SIZE);
  }

  @Bean
  EventFeed eventFeed(PostgresEventStorageEngine engine) {
    EventFeed feed = new EventFeed(engine, OTHER_NODES_POLL_MILLIS);
    engine.tell(feed);
    return feed;
  }

  /** An embedded database has no other nodes to be told. */
  @Bean
  @ConditionalOnProperty("spring.datasource.url")
  AppendNotices appendNotices(
      DatabaseReady ready, PostgresEventStorageEngine engine, EventFeed feed) {
    return new AppendNotices(ready.address().connections("lastunit-notices"), engine, feed);
  }

  @Bean
  EventTail liveEvents(EventFeed feed) {
    return new EventTail(feed);
  }

  @Bean
  ShardedCommandBus commandBus(
      TransactionManager transactions, PostgresEventStorageEngine engine, MeterRegistry meters) {
    return new ShardedCommandBus(
        transactions,
        appendLog(engine),
        new Limits(COMMAND_SHARDS, COMMANDS_WAITING_FOR_EACH_SHARD, CACHED_AGGREGATES),
        meters);
  }

  static AppendLog appendLog(PostgresEventStorageEngine engine) {
    return new AppendLog(
        engine::commitTogether,
        engine::appendAndCommit,
        engine::firstAppended,
        engine::lastAppended,
        engine::isCommitted,
        engine::lockAppends,
        engine::readStreams,
        Shortage::is);
  }

  @Bean
  Commands commands(ShardedCommandBus bus, StoreHead head) {
    return new BusCommands(bus, head::position);
  }

  @Bean
  QueryBus queryBus() {
    return SimpleQueryBus.builder().build();
  }

  @Bean
  QueryGateway queryGateway(QueryBus queries) {
    return DefaultQueryGateway.builder().queryBus(queries).build();
  }

  @Bean
  Snapshotter snapshotter(EventStore store) {
    return AggregateSnapshotter.builder()
        .eventStore(store)
        .executor(
            Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("snapshotter").factory()))
        .aggregateFactories(List.<AggregateFactory<?>>of(factory(STOCK)))
        .build();
  }

  private static <A> AggregateFactory<A> factory(Class<A> type) {
    return new GenericAggregateFactory<>(type);
  }

  @Bean
  org.axonframework.config.Configuration axon(
      EventStore store,
      PostgresEventStorageEngine engine,
      ShardedCommandBus bus,
      QueryBus queries,
      TransactionManager transactions,
      Snapshotter snapshotter) {
    Configurer configurer =
        DefaultConfigurer.defaultConfiguration(false)
            .configureEventStore(c -> store)
            .configureCommandBus(c -> bus)
            .configureQueryBus(c -> queries)
            .configureTransactionManager(c -> transactions)
            .configureSerializer(c -> Jackson3Serializer.builder().build());
    configurer.configureAggregate(stock(store, engine, snapshotter));
    for (Class<?> type :
        List.of(
            CatalogueCommandSide.aggregate(),
            CartCommandSide.aggregate(),
            OrderingCommandSide.aggregate(),
            PaymentCommandSide.aggregate(),
            FulfilmentCommandSide.aggregate(),
            OperationsCommandSide.aggregate())) {
      configurer.configureAggregate(
          aggregate(type, store, engine, NoSnapshotTriggerDefinition.INSTANCE));
    }
    return configurer.buildConfiguration();
  }

  static AggregateConfigurer<?> stock(
      EventStore store, EventStorageEngine engine, Snapshotter snapshotter) {
    return aggregate(
        STOCK,
        store,
        engine,
        new EventCountSnapshotTriggerDefinition(snapshotter, SNAPSHOT_EVERY_EVENTS));
  }

  static <A> AggregateConfigurer<A> aggregate(
      Class<A> type,
      EventStore store,
      EventStorageEngine engine,
      SnapshotTriggerDefinition snapshots) {
    return AggregateConfigurer.defaultConfiguration(type)
        .configureRepository(c -> new ShardRepository<>(type, store, engine, snapshots))
        .configureCommandTargetResolver(c -> new StreamTargetResolver());
  }

  @Bean
  EventProcessors eventProcessors(
      List<EventBatchHandler> handlers,
      EventFeed feed,
      StoreHead head,
      DataSource dataSource,
      PlatformTransactionManager transactions,
      NodeName node,
      NodeProcessors nodeProcessors,
      MeterRegistry meters,
      Clock clock) {
    return new EventProcessors(
        handlers,
        feed,
        head,
        new JdbcTemplate(dataSource),
        transactions,
        node,
        nodeProcessors,
        meters,
        clock);
  }

  @Bean
  NodeProcessors nodeProcessors(EventFeed feed) {
    return new NodeProcessors(feed);
  }

  /**
   * An embedded database belongs to one node only, which therefore has the same name after a crash
   * and need not wait until its own claims have run out.
   */
  @Bean
  NodeName nodeName(DatabaseAddress address, @Value("${lastunit.node-name:}") String configured) {
    if (!configured.isBlank()) {
      return new NodeName(configured);
    }
    return new NodeName(
        address.embedded() ? "embedded" : ManagementFactory.getRuntimeMXBean().getName());
  }

  @Bean
  AxonLifecycle axonLifecycle(
      org.axonframework.config.Configuration axon,
      EventProcessors processors,
      NodeProcessors nodeProcessors,
      EventPartitions partitions,
      EventFeed feed,
      Optional<AppendNotices> notices,
      EventTail tail,
      ShardedCommandBus bus,
      QueryHandlers queryHandlers) {
    return new AxonLifecycle(
        axon, partitions, feed, notices, processors, nodeProcessors, tail, bus, queryHandlers);
  }

  @Bean
  QueryHandlers queryHandlers(ListableBeanFactory beans, QueryBus queries) {
    return new QueryHandlers(beans, queries);
  }

  /** Made once for each database and never changed: every order's identifier derives from it. */
  @Bean
  OrderIdSecret orderIdSecret(DataSource dataSource) {
    byte[] fresh = new byte[32];
    new SecureRandom().nextBytes(fresh);
    JdbcTemplate jdbc = new JdbcTemplate(dataSource);
    jdbc.update(
        "insert into eventstore.setting (name, value) values ('order-id-secret', ?)"
            + " on conflict (name) do nothing",
        Base64.getEncoder().encodeToString(fresh));
    String stored =
        jdbc.queryForObject(
            "select value from eventstore.setting where name = 'order-id-secret'", String.class);
    return new OrderIdSecret(Base64.getDecoder().decode(stored));
  }
}
