package dev.lastunit.shared.query.replica;

import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.WrittenPositions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A replica of the database in which read models are read while it is well; otherwise they are read
 * in the primary, which a log line and the metric {@code lastunit.replica.used} say.
 *
 * <p>One connection of its own asks the replica every {@link #ROUND} how far it is, less often
 * while nothing moves. It is well if it repeats the primary's log, answers within {@link
 * #PATIENCE}, and is not further behind than allowed. Every connection for reads is asked the same
 * once: one that leads to another server, or to the same one with an older state, is not used.
 *
 * <p>When the replica goes, reads that are under way in it fail at once, as for a database that is
 * busy or away, and may be repeated.
 *
 * <p>Metrics: {@code lastunit.replica.lag} in seconds, NaN while nothing is known; {@code
 * lastunit.replica.used}, 1 while it is read.
 *
 * <p>Thread-safe; never blocks.
 */
public final class ReadReplica implements SmartLifecycle {

  /** How often the replica is asked while something moves; the least delay of a wait for it. */
  static final Duration ROUND = Duration.ofMillis(20);

  /** How long an answer may take, and the making of a connection. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  /** Even while nothing moves the replica is asked so often, to see whether it is there. */
  private static final long STILL_THERE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** After the event handlers, whose positions are told, and before the web server. */
  private static final int PHASE = 10;

  /**
   * The secret that is made once for each shop tells them apart; only its digest leaves the
   * database.
   */
  private static final String ASK =
      """
      select cast(pg_postmaster_start_time() as text) as instance,
        (select encode(sha256(convert_to(value, 'UTF8')), 'hex') from eventstore.setting
          where name = 'order-id-secret') as store,
        pg_is_in_recovery() as recovering, name, position
      from eventstore.processor
      """;

  private static final Logger LOG = LoggerFactory.getLogger(ReadReplica.class);

  private final ConnectionFactory primary;
  private final ConnectionFactory replica;
  private final Function<ConnectionFactory, ConnectionPool> pools;
  private final ReplicaPositions<ConnectionPool> positions;
  private final ReadModelSource source;
  private Disposable rounds;
  private volatile boolean warned;

  /**
   * @param primary shared connections to the primary
   * @param replica makes connections to the replica, each a new one
   * @param pools makes shared connections of single ones; disposed when the replica goes
   * @param positions of the primary's rows
   * @param mostLag a replica that is further behind is not read
   */
  public ReadReplica(
      ConnectionFactory primary,
      ConnectionFactory replica,
      Function<ConnectionFactory, ConnectionPool> pools,
      Positions positions,
      WrittenPositions written,
      Duration mostLag,
      MeterRegistry meters) {
    this.primary = primary;
    this.replica = replica;
    this.pools = pools;
    this.positions = new ReplicaPositions<>(positions, written, mostLag, System::nanoTime);
    this.source = new ReadModelSource(DatabaseClient.create(new Routed()), this.positions);
    Gauge.builder("lastunit.replica.lag", this.positions, ReadReplica::lagSeconds)
        .description("For how long the replica has lacked rows of read models")
        .baseUnit("seconds")
        .register(meters);
    Gauge.builder("lastunit.replica.used", this.positions, it -> it.replica() == null ? 0 : 1)
        .description("Whether read models are read in the replica")
        .register(meters);
  }

  /** What read models are read with. */
  public ReadModelSource source() {
    return source;
  }

  private static double lagSeconds(ReplicaPositions<ConnectionPool> positions) {
    long lag = positions.lag();
    return lag < 0 ? Double.NaN : lag / 1e9;
  }

  @Override
  public synchronized void start() {
    if (rounds == null) {
      rounds =
          Mono.defer(() -> new Session().run())
              .onErrorResume(this::away)
              .then(Mono.delay(TRY_AGAIN))
              .repeat()
              .subscribe();
    }
  }

  @Override
  public synchronized void stop() {
    if (rounds != null) {
      rounds.dispose();
      rounds = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return rounds != null;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  private Mono<Void> away(Throwable why) {
    if (!warned) {
      warned = true;
      LOG.warn("The replica cannot be used, read models are read in the primary: {}", text(why));
    }
    return Mono.empty();
  }

  private static String text(Throwable why) {
    return why.getMessage() == null ? why.toString() : why.getMessage();
  }

  private static Mono<Heard> ask(Connection connection) {
    return Flux.from(connection.createStatement(ASK).execute())
        .flatMap(result -> result.map(ReadReplica::row))
        .collectList()
        .flatMap(ReadReplica::heard);
  }

  private record Row(
      String instance, String store, boolean recovering, String handler, long position) {}

  private static Row row(Readable row) {
    return new Row(
        row.get("instance", String.class),
        row.get("store", String.class),
        row.get("recovering", Boolean.class),
        row.get("name", String.class),
        row.get("position", Long.class));
  }

  private static Mono<Heard> heard(List<Row> rows) {
    if (rows.isEmpty() || rows.getFirst().store() == null) {
      return Mono.error(new IllegalStateException("there is no shop in it yet"));
    }
    Map<String, Long> stored = new HashMap<>();
    rows.forEach(row -> stored.put(row.handler(), row.position()));
    Row any = rows.getFirst();
    return Mono.just(new Heard(any.instance(), any.store(), any.recovering(), stored));
  }

  /** The connections for reads: each statement takes one of where it is to be read. */
  private final class Routed implements ConnectionFactory {

    @Override
    public Publisher<? extends Connection> create() {
      return Mono.defer(
          () -> {
            ConnectionPool pool = positions.replica();
            Mono<Connection> ofPrimary = Mono.defer(() -> Mono.from(primary.create()));
            return pool == null
                ? ofPrimary
                : Mono.<Connection>from(pool.create())
                    // All are in use: that does not get better by asking elsewhere.
                    .onErrorResume(
                        failure -> !(failure instanceof R2dbcTimeoutException),
                        failure -> ofPrimary);
          });
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return primary.getMetadata();
    }
  }

  /** The time with one server, from the first connection to the first fault. */
  private final class Session implements ConnectionFactory {

    /** Forgotten as the driver forgets them. */
    private final Set<Connection> open =
        Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final ConnectionPool pool = pools.apply(this);
    private volatile Throwable fault;
    private long askedAt;

    Mono<Void> run() {
      return Mono.usingWhen(
              Mono.from(replica.create()).timeout(PATIENCE),
              connection -> check(connection).then(rounds(connection)).doFinally(signal -> end()),
              connection -> Mono.from(connection.close()).timeout(PATIENCE))
          .doFinally(signal -> end());
    }

    private Mono<Void> check(Connection connection) {
      Mono<Heard> ofPrimary = Mono.usingWhen(primary.create(), ReadReplica::ask, Connection::close);
      return Mono.zip(ofPrimary, ask(connection))
          .timeout(PATIENCE)
          .doOnNext(
              both -> {
                String unfit = both.getT2().unfit(both.getT1());
                if (unfit != null) {
                  throw new IllegalStateException(unfit);
                }
                positions.begin(pool);
                hear(both.getT2());
              })
          .then();
    }

    private Mono<Void> rounds(Connection connection) {
      return Mono.defer(() -> round(connection)).then(Mono.delay(ROUND)).repeat().then();
    }

    private Mono<Void> round(Connection connection) {
      if (fault != null) {
        return Mono.error(fault);
      }
      boolean quiet = !positions.look() && positions.replica() != null;
      if (quiet && System.nanoTime() - askedAt < STILL_THERE_NANOS) {
        // What handlers have passed without writing anything is there by not being there.
        positions.hear(positions.heard());
        return Mono.empty();
      }
      askedAt = System.nanoTime();
      return ask(connection).timeout(PATIENCE).doOnNext(this::hear).then();
    }

    private void hear(Heard news) {
      if (!positions.hear(news)) {
        throw new IllegalStateException("it is not what it was");
      }
      if (positions.replica() != null) {
        warned = false;
      }
    }

    private void end() {
      positions.end();
      pool.disposeLater().subscribe(null, gone -> {});
      synchronized (open) {
        // Whoever reads in a server that does not answer learns it now.
        open.forEach(connection -> Mono.from(connection.close()).subscribe(null, gone -> {}));
        open.clear();
      }
    }

    /** A connection for reads, if it leads to where this session is. */
    @Override
    public Publisher<Connection> create() {
      return Mono.defer(
          () -> {
            Heard before = positions.heard();
            return Mono.<Connection>from(replica.create())
                .doOnNext(open::add)
                .flatMap(
                    connection ->
                        ask(connection)
                            .filter(now -> before != null && now.follows(before))
                            .switchIfEmpty(
                                Mono.error(
                                    () -> new IllegalStateException("another server answers")))
                            .thenReturn(connection))
                .timeout(PATIENCE)
                // Ends the session, which closes its connections.
                .doOnError(failure -> fault = failure);
          });
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return replica.getMetadata();
    }
  }
}
