package dev.lastunit.eventstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.shared.api.OrderId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The store in several partitions behaves as in one, and gets its partitions in time. */
class EventPartitionsTest {

  private static final long SIZE = 10;

  private static StoreDatabase database;

  @BeforeAll
  static void startDatabase() {
    database = new StoreDatabase();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @BeforeEach
  void noPartitions() {
    database.clear();
    partitions()
        .filter(name -> !name.endsWith("default"))
        .forEach(name -> database.jdbc.execute("drop table " + name));
  }

  private static Stream<String> partitions() {
    return database
        .jdbc
        .queryForList(
            "select inhrelid::regclass::text from pg_inherits"
                + " where inhparent = 'eventstore.event'::regclass order by inhrelid",
            String.class)
        .stream();
  }

  private static EventPartitions node() {
    return new EventPartitions(database.jdbc, database.jdbcTransactions, database.head, SIZE);
  }

  private static String partitionOf(long position) {
    return database.jdbc.queryForObject(
        "select tableoid::regclass::text from eventstore.event where position = ?",
        String.class,
        position);
  }

  private static void appendStream(String order, int from, int count) {
    List<DomainEventMessage<?>> events = new ArrayList<>();
    for (int sequence = from; sequence < from + count; sequence++) {
      events.add(event(order, sequence));
    }
    database.append(events);
  }

  private static DomainEventMessage<?> event(String order, long sequence) {
    OrderId id = new OrderId(order);
    return new GenericDomainEventMessage<>("order", id.stream(), sequence, new OrderConfirmed(id));
  }

  @Test
  void appendsAndReadsAcrossPartitions() {
    node().prepare();
    appendStream("a", 0, 6);
    // From 7 to 15: over the end of the first partition.
    appendStream("b", 0, 9);
    node().prepare();
    appendStream("a", 6, 10);

    assertThat(partitionOf(9)).isEqualTo("eventstore.event_0");
    assertThat(partitionOf(10)).isEqualTo("eventstore.event_10");
    assertThat(partitionOf(25)).isEqualTo("eventstore.event_20");
    assertThat(database.engine.read(0, 100, type -> true).events())
        .extracting(event -> event.position())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 25).boxed().toList());
    assertThat(sequences("order-a"))
        .containsExactlyElementsOf(LongStream.range(0, 16).boxed().toList());
    assertThat(database.engine.readStreams(List.of("order-a")).get("order-a").asStream())
        .hasSize(16);
    assertThat(database.engine.lastSequenceNumberFor("order-a")).hasValue(15L);
    assertThat(database.engine.lastPosition()).isEqualTo(25);
  }

  private static List<Long> sequences(String stream) {
    return database
        .engine
        .readEvents(stream)
        .asStream()
        .map(event -> (Long) event.getSequenceNumber())
        .toList();
  }

  @Test
  void detectsConflictsAcrossPartitions() {
    node().prepare();
    appendStream("a", 0, 5);
    appendStream("b", 0, 10);

    assertThatThrownBy(() -> appendStream("a", 4, 1)).isInstanceOf(ConcurrencyException.class);
    assertThat(partitionOf(5)).isNotEqualTo(partitionOf(15));
    assertThat(database.engine.lastPosition()).isEqualTo(15);
  }

  @Test
  void skipsNothingThatLiesInADetachedPartition() {
    node().prepare();
    appendStream("a", 0, 9);
    appendStream("b", 0, 2);
    appendStream("c", 0, 1);
    database.jdbc.execute("alter table eventstore.event detach partition eventstore.event_0");
    try {
      assertThatThrownBy(() -> database.engine.readEvents("order-a").hasNext())
          .isInstanceOf(EventStoreException.class);
      assertThat(database.engine.readStreams(List.of("order-a", "order-b", "order-c")))
          .containsOnlyKeys("order-b", "order-c");
      assertThatThrownBy(() -> database.engine.read(0, 10, type -> true))
          .isInstanceOf(EventStoreException.class);
      assertThat(database.engine.read(9, 10, type -> true).events()).hasSize(3);
      appendStream("c", 1, 1);
      assertThatThrownBy(() -> appendStream("a", 8, 1)).isInstanceOf(ConcurrencyException.class);
    } finally {
      database.jdbc.execute("drop table eventstore.event_0");
    }
  }

  @Test
  void readsOnlyThePartitionsThatItNeeds() {
    node().prepare();
    appendStream("a", 0, 15);
    node().prepare();
    appendStream("b", 0, 14);

    database.jdbc.execute(
        (ConnectionCallback<Void>)
            connection -> {
              JdbcTemplate one = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
              one.execute("set plan_cache_mode = force_generic_plan");
              one.execute(
                  "prepare known(bigint) as"
                      + " select max(position) from eventstore.event where position >= $1");
              String plan =
                  String.join("\n", one.queryForList("explain execute known(25)", String.class));
              assertThat(plan)
                  .contains("Subplans Removed: 2", "event_20", "event_default")
                  .doesNotContain("event_0", "event_10");
              one.execute("deallocate known");
              one.execute("reset plan_cache_mode");
              return null;
            });
  }

  @Test
  void neverFailsForWantOfAPartition() {
    appendStream("a", 0, 12);
    assertThat(partitionOf(12)).isEqualTo("eventstore.event_default");

    node().prepare();
    appendStream("a", 12, 12);

    assertThat(partitionOf(19)).isEqualTo("eventstore.event_default");
    assertThat(partitionOf(20)).isEqualTo("eventstore.event_20");
    assertThat(sequences("order-a")).hasSize(24);
  }

  @Test
  void keepsOneWholePartitionAhead() {
    node().prepare();
    assertThat(partitions()).hasSize(3);
    node().prepare();
    assertThat(partitions()).hasSize(3);
    appendStream("a", 0, 10);
    node().prepare();
    assertThat(partitions()).hasSize(4);
  }

  @Test
  void isDoneByOneNodeOfSeveral() {
    List<CompletableFuture<Void>> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(CompletableFuture.runAsync(() -> node().prepare()));
    }
    nodes.forEach(CompletableFuture::join);

    assertThat(partitions()).hasSize(3);
  }

  @Test
  void doesNotKeepAppendsWaitingBehindALongReader() {
    node().prepare();
    appendStream("a", 0, 10);
    database.inTransaction(
        () -> {
          database.jdbc.queryForList("select position from eventstore.event");
          assertThatThrownBy(() -> CompletableFuture.runAsync(() -> node().prepare()).join())
              .hasCauseInstanceOf(DataAccessException.class);
          CompletableFuture.runAsync(() -> appendStream("a", 10, 1)).join();
        });

    assertThat(partitions()).hasSize(3);
    node().prepare();
    assertThat(partitions()).hasSize(4);
  }

  @Test
  void convertsAStoreThatWasNotPartitioned() {
    database.jdbc.execute("drop database if exists before");
    database.jdbc.execute("create database before");
    DataSource before = database.single("before", "test-migration");
    Flyway.configure()
        .dataSource(before)
        .locations("classpath:db/eventstore")
        .target("2")
        .load()
        .migrate();
    JdbcTemplate jdbc = new JdbcTemplate(before);
    jdbc.execute(
        "insert into eventstore.event select n, n / 10, now(), 'order-' || n % 10,"
            + " 'ordering.OrderConfirmed', '1', 'e' || n, '{\"orderId\":\"' || n % 10 || '\"}',"
            + " '{}' from generate_series(0, 4999) n where n > 0");
    String hash = "select md5(string_agg(e::text, '|' order by position)) from eventstore.event e";
    String content = jdbc.queryForObject(hash, String.class);
    String file = "select pg_relation_filenode(?::regclass)";
    Long old = jdbc.queryForObject(file, Long.class, "eventstore.event");

    Flyway.configure().dataSource(before).locations("classpath:db/eventstore").load().migrate();

    assertThat(jdbc.queryForObject(hash, String.class)).isEqualTo(content);
    assertThat(jdbc.queryForObject(file, Long.class, "eventstore.event_first"))
        .as("not written again")
        .isEqualTo(old);
    assertThat(
            jdbc.queryForObject(
                "select count(*) from eventstore.event e join eventstore.stream_event i"
                    + " using (stream, sequence, position)",
                Long.class))
        .isEqualTo(4_999);
    assertThat(
            jdbc.queryForObject(
                "select pg_get_expr(relpartbound, oid) from pg_class where relname = 'event_first'",
                String.class))
        .isEqualTo("FOR VALUES FROM (MINVALUE) TO ('10000000')");
    PostgresEventStorageEngine engine = StoreDatabase.engine(jdbc, new StoreHead());
    assertThat(engine.lastPosition()).isEqualTo(4_999);
    assertThat(engine.readEvents("order-3").asStream()).hasSize(500);
  }
}
