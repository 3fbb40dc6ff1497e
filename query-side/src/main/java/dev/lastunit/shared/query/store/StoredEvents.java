package dev.lastunit.shared.query.store;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads the event store in the order of positions.
 *
 * <p>Positions have no gaps and become visible in order, so that everything up to the last one that
 * was read has been read, and reading goes on from there.
 *
 * <p>Thread-safe; never blocks. A connection is held for one batch only, not while a slow client
 * takes it. Errors are the database's; a repeat is safe.
 */
public final class StoredEvents {

  /** Rows that one read brings at most. */
  static final int BATCH_ROWS = 1_000;

  /**
   * Bytes of payload that one read brings at most, unless the first event alone has more: an order
   * of 2,000 lines has about 300 KiB.
   */
  static final int BATCH_BYTES = 4 << 20;

  /**
   * By how much the time of an event may be before that of an event with a lower position: events
   * are timed by the clocks of the nodes, before they are given positions.
   */
  public static final Duration APART = Duration.ofMinutes(10);

  /** Positions that one read looks through when few of them may be wanted. */
  private static final int SPARSE_WINDOW = 50_000;

  private static final String COLUMNS =
      "position, at, stream, sequence, type, revision, payload, metadata";

  /** From a stream's positions to their events, one by one: so that no plan reads all events. */
  private static final String OF_STREAM =
      " from eventstore.stream_event i cross join lateral (select "
          + COLUMNS
          + " from eventstore.event where position = i.position limit 1) as e";

  /**
   * Halves the range of positions; that of the lower end was recorded by then, that of the upper
   * end later. Positions have no gaps.
   */
  private static final String POSITION_AT =
      """
      with recursive span(low, high) as (
        select coalesce(min(position), 1) - 1, coalesce(max(position), 0) + 1
          from eventstore.event
        union all
        select case when middle.at <= :at then middle.position else span.low end,
               case when middle.at <= :at then span.high else middle.position end
          from span cross join lateral (
            select position, at from eventstore.event
            where position = (span.low + span.high) / 2 limit 1) as middle
          where span.high - span.low > 1)
      select max(low) as position from span
      """;

  /** The same in one stream, whose sequences have no gaps either. */
  private static final String SEQUENCE_AT =
      """
      with recursive span(low, high) as (
        select cast(-1 as bigint), coalesce(max(sequence), -1) + 1
          from eventstore.stream_event where stream = :stream
        union all
        select case when middle.position <= :position then middle.sequence else span.low end,
               case when middle.position <= :position then span.high else middle.sequence end
          from span cross join lateral (
            select sequence, position from eventstore.stream_event
            where stream = :stream and sequence = (span.low + span.high) / 2 limit 1) as middle
          where span.high - span.low > 1)
      select max(low) as sequence from span
      """;

  private final DatabaseClient database;

  /**
   * @param database the one that holds the event store
   */
  public StoredEvents(DatabaseClient database) {
    this.database = database;
  }

  /** What one read brought, and up to where it has looked. */
  private record Batch(List<StoredEvent> events, long lookedUpTo) {}

  private record Row(StoredEvent event, long candidates) {}

  /** The last position; 0 when the store is empty. */
  public Mono<Long> head() {
    return database
        .sql("select coalesce(max(position), 0) as head from eventstore.event")
        .map(row -> row.get("head", Long.class))
        .one();
  }

  /**
   * The last position, which must be so far at least.
   *
   * @return fails with READ_MODEL_BEHIND when the store ends before that: what was committed is
   *     always here, so the position is one that nobody was given
   */
  public Mono<Long> headAtLeast(long minPosition) {
    return head()
        .filter(head -> head >= minPosition)
        .switchIfEmpty(
            Mono.error(
                () ->
                    new Problem(
                        ErrorCode.READ_MODEL_BEHIND,
                        "The event store has not reached position " + minPosition)));
  }

  /**
   * The position at an instant: the last one whose event was recorded then or before, 0 when none
   * was. Searched by halving, so some 30 rows are read, however many there are; where clocks ran
   * apart it is right to as much as they did.
   */
  public Mono<Long> positionAt(Instant instant) {
    return database
        .sql(POSITION_AT)
        .bind("at", instant.atOffset(ZoneOffset.UTC))
        .map(row -> row.get("position", Long.class))
        .one();
  }

  /** The first event of a stream; empty when there is none. */
  public Mono<StoredEvent> firstOf(String stream) {
    return database
        .sql("select e.*" + OF_STREAM + " where i.stream = :stream order by i.sequence limit 1")
        .bind("stream", stream)
        .map(StoredEvents::read)
        .one();
  }

  /**
   * Events of some short streams, such as those of one order, at once.
   *
   * @param after position after which to begin
   * @return ascending positions; may be empty
   */
  public Mono<List<StoredEvent>> ofStreams(Collection<String> streams, long after) {
    return ofStreams(streams, after, Long.MAX_VALUE);
  }

  /** The same up to a position. */
  public Mono<List<StoredEvent>> ofStreams(Collection<String> streams, long after, long upTo) {
    return pageOfStreams(streams, after, upTo, Integer.MAX_VALUE);
  }

  /**
   * A page of the events of some short streams together.
   *
   * @param after position after which to begin
   * @param upTo last position to look at
   * @param limit how many events at most, 1 or more
   * @return ascending positions; may be empty
   */
  public Mono<List<StoredEvent>> pageOfStreams(
      Collection<String> streams, long after, long upTo, int limit) {
    return database
        .sql(
            "select e.*"
                + OF_STREAM
                + " where i.stream = any(:streams) and i.position > :after"
                + " and i.position <= :last order by i.position limit :rows")
        .bind("streams", streams.toArray(String[]::new))
        .bind("after", after)
        .bind("last", upTo)
        .bind("rows", limit)
        .map(StoredEvents::read)
        .all()
        .collectList();
  }

  /**
   * The last event of each of some streams up to a position; none of those that begin later.
   *
   * @return in no particular order; may be empty
   */
  public Mono<List<StoredEvent>> lastOfStreams(Collection<String> streams, long upTo) {
    return database
        .sql(
            "select e.* from unnest(:streams) as wanted (stream) cross join lateral (select"
                + " position from eventstore.stream_event where stream = wanted.stream and position"
                + " <= :last order by sequence desc limit 1) as i cross join lateral (select "
                + COLUMNS
                + " from eventstore.event where position = i.position limit 1) as e")
        .bind("streams", streams.toArray(String[]::new))
        .bind("last", upTo)
        .map(StoredEvents::read)
        .all()
        .collectList();
  }

  /**
   * All wanted events, batch by batch, each read when the one before was taken; so memory is
   * bounded by two batches, however many events there are. Only the positions around the wanted
   * times are read, as long as the nodes' clocks are less than {@link #APART} from each other.
   *
   * @param after position after which to begin
   * @param upTo last position to look at
   * @param limit how many events at most, 1 or more
   * @return batches, none empty, ascending positions
   */
  public Flux<List<StoredEvent>> batches(EventFilter filter, long after, long upTo, long limit) {
    if (filter.stream() != null) {
      return sequenceAt(filter.stream(), after)
          .zipWith(sequenceAt(filter.stream(), upTo))
          .flatMapMany(ends -> read(filter, ends.getT1(), ends.getT2(), limit));
    }
    // A few positions are looked through quicker than times are searched for.
    boolean near = upTo - after <= SPARSE_WINDOW;
    Mono<Long> first =
        near || filter.from() == null
            ? Mono.just(after)
            : positionAt(filter.from().minus(APART)).map(at -> Math.max(after, at));
    Mono<Long> last =
        near || filter.to() == null
            ? Mono.just(upTo)
            : positionAt(filter.to().plus(APART)).map(at -> Math.min(upTo, at));
    return first.zipWith(last).flatMapMany(ends -> read(filter, ends.getT1(), ends.getT2(), limit));
  }

  /** The number of the last event of a stream up to a position; -1 when it begins later. */
  private Mono<Long> sequenceAt(String stream, long position) {
    return position <= 0
        ? Mono.just(-1L)
        : database
            .sql(SEQUENCE_AT)
            .bind("stream", stream)
            .bind("position", position)
            .map(row -> row.get("sequence", Long.class))
            .one();
  }

  /**
   * All wanted events between two keys: sequences in a stream if the filter names one, otherwise
   * positions.
   */
  private Flux<List<StoredEvent>> read(EventFilter filter, long after, long upTo, long limit) {
    return Flux.defer(
        () -> {
          AtomicLong cursor = new AtomicLong(after);
          AtomicLong left = new AtomicLong(limit);
          return Mono.defer(() -> batch(filter, cursor.get(), upTo, left.get()))
              .doOnNext(
                  batch -> {
                    cursor.set(batch.lookedUpTo());
                    left.addAndGet(-batch.events().size());
                  })
              .repeat(() -> cursor.get() < upTo && left.get() > 0)
              .map(Batch::events)
              .filter(events -> !events.isEmpty());
        });
  }

  private Mono<Batch> batch(EventFilter filter, long after, long upTo, long limit) {
    if (after >= upTo) {
      return Mono.just(new Batch(List.of(), upTo));
    }
    int rows = (int) Math.min(BATCH_ROWS, limit);
    // The key is read on, window by window, so that a filter that finds nothing does not make one
    // endless statement.
    long window = filter.sparse() ? SPARSE_WINDOW : BATCH_ROWS;
    long last = Math.min(upTo, after + window);
    return bound(database.sql(sql(filter)), filter)
        .bind("rows", rows)
        .bind("after", after)
        .bind("last", last)
        .map(row -> new Row(read(row), row.get("candidates", Long.class)))
        .all()
        .collectList()
        .map(found -> batch(filter, found, rows, last));
  }

  private static Batch batch(EventFilter filter, List<Row> found, int rows, long last) {
    List<StoredEvent> events = found.stream().map(Row::event).toList();
    boolean cut =
        !found.isEmpty() && (found.size() == rows || found.size() < found.getFirst().candidates());
    return new Batch(events, cut ? key(filter, events.getLast()) : last);
  }

  private static long key(EventFilter filter, StoredEvent event) {
    return filter.stream() == null ? event.position() : event.sequence();
  }

  /** The rows of one batch; each tells how many there were before the bound on bytes. */
  private static String sql(EventFilter filter) {
    String key = filter.stream() == null ? "e.position" : "i.sequence";
    StringBuilder sql =
        new StringBuilder("with candidate as materialized (select e.*")
            .append(", octet_length(e.payload) as bytes, sum(octet_length(e.payload)) over (order")
            .append(" by ")
            .append(key)
            .append(") as bytes_upto")
            .append(
                filter.stream() == null
                    ? " from eventstore.event e where "
                    : OF_STREAM + " where i.stream = :stream and ")
            .append(key)
            .append(" > :after and ")
            .append(key)
            .append(" <= :last");
    if (!filter.types().isEmpty()) {
      sql.append(" and e.type = any(:types)");
    }
    if (filter.from() != null) {
      sql.append(" and e.at >= :from");
    }
    if (filter.to() != null) {
      sql.append(" and e.at < :to");
    }
    return sql.append(" order by ")
        .append(key)
        .append(" limit :rows) select ")
        .append(COLUMNS)
        .append(", (select count(*) from candidate) as candidates")
        .append(" from candidate where bytes_upto - bytes <= ")
        .append(BATCH_BYTES)
        .append(" order by position")
        .toString();
  }

  private static GenericExecuteSpec bound(GenericExecuteSpec statement, EventFilter filter) {
    GenericExecuteSpec result = statement;
    if (filter.stream() != null) {
      result = result.bind("stream", filter.stream());
    }
    if (!filter.types().isEmpty()) {
      result = result.bind("types", filter.types().toArray(String[]::new));
    }
    if (filter.from() != null) {
      result = result.bind("from", filter.from().atOffset(ZoneOffset.UTC));
    }
    if (filter.to() != null) {
      result = result.bind("to", filter.to().atOffset(ZoneOffset.UTC));
    }
    return result;
  }

  private static StoredEvent read(Readable row) {
    return new StoredEvent(
        row.get("position", Long.class),
        row.get("at", Instant.class),
        row.get("stream", String.class),
        row.get("sequence", Long.class),
        row.get("type", String.class),
        row.get("revision", String.class),
        row.get("payload", String.class),
        row.get("metadata", String.class));
  }
}
