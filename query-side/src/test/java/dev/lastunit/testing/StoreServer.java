package dev.lastunit.testing;

import dev.lastunit.ordering.query.RecentOrdersTestAccess;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.RecordedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * Reads of the event store and of what is projected from it, as a client meets them: a real
 * PostgreSQL holds the event table and the read models, the reads go over R2DBC, requests come over
 * a socket. Events are written as rows, the store's writer is not there.
 */
public final class StoreServer implements LiveEvents, Positions {

  /** When the first event is recorded, unless a test says otherwise; the next ones 1 ms apart. */
  public static final Instant START = Instant.parse("2026-11-23T19:00:00Z");

  private static final int BATCH = 500;

  private final SingleConnectionDataSource dataSource;
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final ConnectionPool pool;
  private final AnnotationConfigApplicationContext context;
  private final int port;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SetClock clock = new SetClock();
  private final AtomicLong reads = new AtomicLong();

  private final List<RecordedEvent> events = new ArrayList<>();
  private final Map<String, Long> sequences = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Long> positions = new ConcurrentHashMap<>();
  private final int lasting;
  private volatile long head;

  /** A watch; null streams mean all. */
  private record Listener(Set<String> streams, Consumer<RecordedEvent> told) {}

  /** A clock that stands where a test sets it. */
  private static final class SetClock extends Clock {
    private volatile Instant now = START;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** The one that all tests of the module share, emptied. Starts it the first time: seconds. */
  public static StoreServer shared() {
    Shared.SERVER.clear();
    return Shared.SERVER;
  }

  /** Ends with the JVM. */
  private static final class Shared {
    private static final StoreServer SERVER = new StoreServer();
  }

  private StoreServer() {
    String database = TestPostgres.newDatabase();
    dataSource = new SingleConnectionDataSource(TestPostgres.jdbcUrl(database), true);
    jdbc = new JdbcTemplate(dataSource);
    transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    transaction.executeWithoutResult(
        status -> {
          for (String file :
              List.of(
                  "V1__event_store",
                  "V2__void_append",
                  "V3__event_partitions",
                  "V4__claim_numbers",
                  "V55__analyst_views")) {
            jdbc.execute(text("/db/eventstore/" + file + ".sql"));
          }
        });
    for (String file :
        List.of(
            "V11__ordering", "V12__payment", "V13__fulfilment", "V45__returns", "V54__ledger")) {
      jdbc.execute(text("/db/projections/" + file + ".sql"));
    }
    pool =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(
                    new PostgresqlConnectionFactory(
                        PostgresqlConnectionConfiguration.builder()
                            .host("127.0.0.1")
                            .port(TestPostgres.port())
                            .username("postgres")
                            .password("postgres")
                            .database(database)
                            .build()))
                .initialSize(0)
                .maxSize(4)
                .build());
    context = new AnnotationConfigApplicationContext();
    context
        .getDefaultListableBeanFactory()
        .setConversionService(ApplicationConversionService.getSharedInstance());
    context.registerBean(JdbcTemplate.class, () -> jdbc);
    context.registerBean(
        DatabaseClient.class, () -> DatabaseClient.create(new CountingConnections(pool, reads)));
    context.registerBean(StoreServer.class, () -> this, bean -> bean.setDestroyMethodName(""));
    context.registerBean(Clock.class, () -> clock);
    context.registerBean(MeterRegistry.class, () -> meters);
    context.register(TestWeb.class);
    context.scan(
        "dev.lastunit.shared.query",
        "dev.lastunit.ordering",
        "dev.lastunit.payment",
        "dev.lastunit.fulfilment",
        "dev.lastunit.ledger",
        "dev.lastunit.audit");
    context.refresh();
    lasting = listeners.size();
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                new ReactorHttpHandlerAdapter(
                    WebHttpHandlerBuilder.applicationContext(context).build()))
            .bindNow();
    port = server.port();
  }

  /** Records an event in a stream, one millisecond after the one before. */
  public long append(String stream, Event payload) {
    return append(stream, payload, START.plusMillis(head));
  }

  /** Records an event in a stream at a given time. Answers its position. */
  public synchronized long append(String stream, Event payload, Instant at) {
    insert(
        stream,
        at,
        EventTypes.nameOf(payload.getClass()),
        EventTypes.revisionOf(payload.getClass()),
        EventJson.mapper().writeValueAsString(payload),
        "{\"subject\":\"tester\"}");
    RecordedEvent event =
        new RecordedEvent(head, at, stream, sequences.get(stream), payload, Map.of());
    events.add(event);
    for (Listener listener : listeners) {
      if (listener.streams == null || listener.streams.contains(stream)) {
        listener.told.accept(event);
      }
    }
    return head;
  }

  /** Writes a row as it is; it is not projected. Answers its position. */
  public synchronized long insert(
      String stream, Instant at, String type, String revision, String payload, String metadata) {
    long sequence = sequences.merge(stream, 0L, (old, none) -> old + 1);
    jdbc.update(
        """
        insert into eventstore.event
          (position, sequence, at, stream, type, revision, event_id, payload, metadata)
        values (?, ?, ?::timestamptz, ?, ?, ?, ?, ?, ?)
        """,
        head + 1,
        sequence,
        at.toString(),
        stream,
        type,
        revision,
        UUID.randomUUID().toString(),
        payload,
        metadata);
    jdbc.update(
        "insert into eventstore.stream_event (stream, sequence, position) values (?, ?, ?)",
        stream,
        sequence,
        head + 1);
    head++;
    return head;
  }

  /** For tests that write many rows at once; tell {@link #headIs} afterwards. */
  public JdbcTemplate jdbc() {
    return jdbc;
  }

  /** Says how far the store is after rows were written by SQL. */
  public synchronized void headIs(long position) {
    head = position;
  }

  /** Empties store and models. */
  public synchronized void clear() {
    jdbc.execute(
        "truncate eventstore.event, eventstore.stream_event, ordering.order_view,"
            + " payment.payment_view, fulfilment.shipment_view, ledger.transfer,"
            + " ledger.open_clearing");
    forgetRecentOrders();
    events.clear();
    sequences.clear();
    positions.clear();
    head = 0;
    clock.now = START;
  }

  /** Leaves the table as the only source of orders. */
  public void forgetRecentOrders() {
    RecentOrdersTestAccess.restart(context);
  }

  /** Lets every model catch up. */
  public synchronized void project() {
    for (EventBatchHandler handler : context.getBeansOfType(EventBatchHandler.class).values()) {
      long done = of(handler.name());
      List<RecordedEvent> rest = events.stream().filter(event -> event.position() > done).toList();
      for (int from = 0; from < rest.size(); from += BATCH) {
        List<RecordedEvent> batch = rest.subList(from, Math.min(rest.size(), from + BATCH));
        transaction.executeWithoutResult(status -> handler.handle(batch));
        handler.committed();
      }
      positions.put(handler.name(), head);
    }
  }

  /** Sets the service's clock. */
  public void nowIs(Instant now) {
    clock.now = now;
  }

  /** Statements that the reads have run so far. */
  public long reads() {
    return reads.get();
  }

  /** How many watch at the moment, without those that the service has from its start on. */
  public int watchers() {
    return listeners.size() - lasting;
  }

  /** The service's metrics. */
  public MeterRegistry meters() {
    return meters;
  }

  /** Tells the service that it is ready. */
  public void ready() {
    context.publishEvent(
        new ApplicationReadyEvent(new SpringApplication(), new String[0], context, Duration.ZERO));
  }

  /** The status with which a request is answered. */
  public static int status(WebTestClient client, String uri) {
    return client.get().uri(uri).exchange().expectBody().returnResult().getStatus().value();
  }

  /** A bean of the context. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** A client that sends no token. */
  public WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + port())
        .responseTimeout(Duration.ofSeconds(20))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(8 << 20))
        .build();
  }

  /** A client with a token of the subject with some roles. */
  public WebTestClient client(String subject, String... roles) {
    return client()
        .mutate()
        .defaultHeader(TestWeb.SUBJECT, subject)
        .defaultHeader(TestWeb.ROLES, roles)
        .build();
  }

  @Override
  public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
    return watch(new Listener(Set.copyOf(streams), listener));
  }

  @Override
  public Watch watchAll(Consumer<RecordedEvent> listener) {
    return watch(new Listener(null, listener));
  }

  private Watch watch(Listener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public long of(String handler) {
    return positions.getOrDefault(handler, 0L);
  }

  @Override
  public long head() {
    return head;
  }

  @Override
  public Map<String, Long> all() {
    return Map.copyOf(positions);
  }

  private static String text(String resource) {
    try (InputStream in = StoreServer.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
