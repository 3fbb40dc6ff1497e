package dev.lastunit.testing;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.RecordedEvent;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.queryhandling.DefaultQueryGateway;
import org.axonframework.queryhandling.QueryBus;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.SimpleQueryBus;
import org.axonframework.queryhandling.annotation.AnnotationQueryHandlerAdapter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
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
import tools.jackson.databind.json.JsonMapper;

/**
 * The reads of some contexts as a client meets them: their projections write a real PostgreSQL, the
 * reads go over R2DBC, and requests come over a socket. The event store is one in memory; its rows
 * are written as well.
 */
public final class ReadServer implements AutoCloseable {

  private static final int BATCH = 500;

  private final MemoryEvents events = new MemoryEvents();
  private final MemoryNodeEvents nodeEvents = new MemoryNodeEvents(events);
  private final AtomicLong reads = new AtomicLong();
  private final Map<String, Long> sequences = new HashMap<>();
  private final SingleConnectionDataSource dataSource;
  private final JdbcTemplate jdbc;
  private final ConnectionPool pool;
  private final TransactionTemplate transaction;
  private final AnnotationConfigApplicationContext context;
  private final DisposableServer server;

  /**
   * Starts it; blocks, the first time for seconds.
   *
   * @param migrations file names below {@code db/projections}
   * @param packages where the projections, reads and controllers are, such as {@code
   *     dev.lastunit.cart}
   */
  public ReadServer(List<String> migrations, List<String> packages) {
    String database = TestPostgres.newDatabase();
    dataSource = new SingleConnectionDataSource(TestPostgres.jdbcUrl(database), true);
    jdbc = new JdbcTemplate(dataSource);
    transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    transaction.executeWithoutResult(
        status ->
            List.of("V1__event_store", "V2__void_append", "V3__event_partitions")
                .forEach(file -> jdbc.execute(text("/db/eventstore/" + file + ".sql"))));
    migrations.forEach(file -> jdbc.execute(text("/db/projections/" + file)));
    pool = pool(database);
    SimpleQueryBus queries = SimpleQueryBus.builder().build();
    context = new AnnotationConfigApplicationContext();
    context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    "lastunit.data-dir", dataDirectory(), "lastunit.search.time-limit", "PT15S")));
    context.registerBean(JdbcTemplate.class, () -> jdbc);
    context.registerBean(
        DatabaseClient.class, () -> DatabaseClient.create(new CountingConnections(pool, reads)));
    context.registerBean(MemoryEvents.class, () -> events);
    context.registerBean(MemoryNodeEvents.class, () -> nodeEvents);
    context.registerBean(QueryBus.class, () -> queries);
    context.registerBean(
        QueryGateway.class, () -> DefaultQueryGateway.builder().queryBus(queries).build());
    context.registerBean(JsonMapper.class, () -> JsonMapper.builder().build());
    context.register(TestWeb.class);
    context.scan(packages.toArray(String[]::new));
    context.scan("dev.lastunit.shared.query");
    context.refresh();
    events.started();
    nodeEvents.deliver();
    context
        .getBeansOfType(Object.class)
        .forEach(
            (name, bean) -> {
              if (bean.getClass().getSimpleName().endsWith("QueryHandler")) {
                new AnnotationQueryHandlerAdapter<>(bean).subscribe(queries);
              }
            });
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                new ReactorHttpHandlerAdapter(
                    WebHttpHandlerBuilder.applicationContext(context).build()))
            .bindNow();
  }

  private static ConnectionPool pool(String database) {
    PostgresqlConnectionFactory factory =
        new PostgresqlConnectionFactory(
            PostgresqlConnectionConfiguration.builder()
                .host("127.0.0.1")
                .port(TestPostgres.port())
                .username("postgres")
                .password("postgres")
                .database(database)
                .build());
    return new ConnectionPool(
        ConnectionPoolConfiguration.builder(factory).initialSize(0).maxSize(4).build());
  }

  /** Records the events and projects everything. Answers the position of the last one. */
  public long record(Event... payloads) {
    long position = recordOnly(payloads);
    project();
    return position;
  }

  /** Records the events; the models stay behind. Answers the position of the last one. */
  public long recordOnly(Event... payloads) {
    List<RecordedEvent> recorded = new ArrayList<>();
    for (Event payload : payloads) {
      recorded.add(events.append(payload));
    }
    store(recorded);
    return events.head();
  }

  /** Writes the events as rows, as the store's writer does, for those who read them there. */
  private synchronized void store(List<RecordedEvent> recorded) {
    List<Object[]> rows = new ArrayList<>();
    List<Object[]> keys = new ArrayList<>();
    for (RecordedEvent event : recorded) {
      long sequence = sequences.merge(event.stream(), 0L, (old, none) -> old + 1);
      rows.add(
          new Object[] {
            event.position(),
            sequence,
            event.at().toString(),
            event.stream(),
            EventTypes.nameOf(event.payload().getClass()),
            EventTypes.revisionOf(event.payload().getClass()),
            "e" + event.position(),
            EventJson.mapper().writeValueAsString(event.payload())
          });
      keys.add(new Object[] {event.stream(), sequence, event.position()});
    }
    jdbc.batchUpdate(
        """
        insert into eventstore.event
          (position, sequence, at, stream, type, revision, event_id, payload, metadata)
        values (?, ?, ?::timestamptz, ?, ?, ?, ?, ?, '{"subject":"tester"}')
        """,
        rows);
    jdbc.batchUpdate(
        "insert into eventstore.stream_event (stream, sequence, position) values (?, ?, ?)", keys);
  }

  /** Lets every model catch up. */
  public synchronized void project() {
    for (EventBatchHandler handler : context.getBeansOfType(EventBatchHandler.class).values()) {
      List<RecordedEvent> rest = events.after(events.of(handler.name()));
      for (int from = 0; from < rest.size(); from += BATCH) {
        List<RecordedEvent> batch = rest.subList(from, Math.min(rest.size(), from + BATCH));
        transaction.executeWithoutResult(status -> handler.handle(batch));
        handler.committed();
        events.reached(handler.name(), batch.getLast().position());
      }
    }
    nodeEvents.deliver();
  }

  private static String dataDirectory() {
    try {
      Path directory = Files.createDirectories(Path.of("target", "data"));
      return Files.createTempDirectory(directory, "reads-").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Statements that the reads have run so far. */
  public long reads() {
    return reads.get();
  }

  /** The event store's tail. */
  public MemoryEvents events() {
    return events;
  }

  /** A bean of the context. */
  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Where it listens. */
  public int port() {
    return server.port();
  }

  /** A client that sends no token. */
  public WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + server.port())
        .responseTimeout(Duration.ofSeconds(20))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(4 << 20))
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
  public void close() {
    server.disposeNow(Duration.ofSeconds(2));
    context.close();
    pool.dispose();
    dataSource.destroy();
  }

  private static String text(String resource) {
    try (InputStream in = ReadServer.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
