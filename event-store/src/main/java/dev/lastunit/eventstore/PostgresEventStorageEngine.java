package dev.lastunit.eventstore;

import dev.lastunit.shared.api.RecordedEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.EventUtils;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.EventStreamUtils;
import org.axonframework.eventsourcing.eventstore.BatchingEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.messaging.unitofwork.UnitOfWork;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.upcasting.event.EventUpcaster;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Axon's storage engine over one PostgreSQL table, {@code eventstore.event}.
 *
 * <p><b>Positions</b> are gapless, start at 1, and grow in commit order. An append takes a
 * transaction-scoped advisory lock as its last step before the commit, and numbers its events from
 * the highest committed position. PostgreSQL makes a transaction visible before it lets its locks
 * go, so whoever gets the lock next sees everything before; a rolled-back append leaves no number
 * behind. Readers therefore need no memory of gaps: what is visible up to a position is complete.
 * The price is that commits of appends run one after the other, which batching makes cheap (ADR
 * 0015).
 *
 * <p><b>One append is one round trip</b>: the lock and the insert travel together, the events as
 * arrays. Must run inside a transaction; joins the one that is bound to the thread.
 *
 * <p><b>Errors.</b> A stream that has moved on meanwhile is reported as {@link
 * org.axonframework.modelling.command.ConcurrencyException}, or as {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException AggregateStreamCreationException}
 * when its first event exists already. Nothing was recorded then, and the command may be handled
 * again. Other failures of an append leave nothing behind either; whether a failed commit took
 * place is told by {@link #isCommitted}.
 *
 * <p><b>Threads.</b> Thread-safe; blocks the caller on JDBC.
 */
public final class PostgresEventStorageEngine extends BatchingEventStorageEngine {

  /** Key of an {@link Appended} among the resources of the root unit of work. */
  private static final String APPENDED = "lastunit.appended";

  /** Any number will do as long as nobody else uses it; spells "events". */
  private static final long APPEND_LOCK = 0x6576656E7473L;

  private static final String UNIQUE_VIOLATION = "23505";

  private static final String COLUMNS =
      "position, sequence, at, stream, type, revision, event_id, payload, metadata";

  /**
   * Lock, look at the last position, insert. The first statement keeps the plan from being made for
   * ever while the table is tiny, when reading all of it looks cheaper than the index.
   */
  private static final String APPEND =
      "set local enable_seqscan = off; select pg_advisory_xact_lock("
          + APPEND_LOCK
          + "); "
          + "with appended as (insert into eventstore.event ("
          + COLUMNS
          + ") select (select coalesce(max(position), 0) from eventstore.event) + e.ordinality,"
          + " e.sequence, 'epoch'::timestamptz + e.at * interval '1 microsecond', e.stream, e.type,"
          + " e.revision, e.event_id, e.payload, e.metadata from unnest(?::bigint[], ?::bigint[],"
          + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) with ordinality as"
          + " e(sequence, at, stream, type, revision, event_id, payload, metadata, ordinality)"
          + " returning position) select max(position) from appended";

  /** Events of a stream after its snapshot that are read together with other streams. */
  static final int SHORT_STREAM = 500;

  /** Events of all streams together that one read of several streams brings. */
  static final int SHORT_STREAMS = 10_000;

  /**
   * Events of several streams in the streams' order, their snapshots, and one row without a stream
   * for the last position. One event more than is allowed shows that there are more.
   */
  private static final String STREAMS =
      "select * from (select e.* from unnest(?::text[]) with ordinality as w(stream, number)"
          + " left join eventstore.snapshot s on s.stream = w.stream cross join lateral (select "
          + COLUMNS
          + " from eventstore.event where stream = w.stream and sequence > coalesce(s.sequence, -1)"
          + " order by sequence limit "
          + (SHORT_STREAM + 1)
          + ") as e order by w.number, e.sequence limit "
          + (SHORT_STREAMS + 1)
          + ") as found union all select 0, sequence, at, stream, type, revision, event_id,"
          + " payload, metadata from eventstore.snapshot where stream = any(?::text[]) union all"
          + " select coalesce(max(position), 0), -1, 'epoch', null, null, null, null, null, null"
          + " from eventstore.event";

  private static final RowMapper<StoredEvent> EVENT =
      (row, number) -> storedEvent(row, row.getLong(1));

  private static final RowMapper<StoredEvent> SNAPSHOT = (row, number) -> storedEvent(row, 0);

  private final JdbcTemplate jdbc;
  private final StoreHead head;
  private final EventStoreSerializer serializer;
  private final EventUpcaster upcasterChain;
  private volatile AppendListener listener;

  /**
   * @param jdbc over the data source whose transactions Spring binds to threads
   * @param serializer writes and reads payloads and metadata as JSON text
   * @param upcasters bring old revisions into today's form
   * @param head learns of every position that is appended and committed
   * @param fetchSize events for each read of a batch, at least 1
   */
  public PostgresEventStorageEngine(
      JdbcTemplate jdbc,
      EventStoreSerializer serializer,
      EventUpcaster upcasters,
      StoreHead head,
      int fetchSize) {
    super(
        new EngineBuilder()
            .eventSerializer(serializer)
            .snapshotSerializer(serializer)
            .upcasterChain(upcasters)
            .snapshotFilter(snapshot -> serializer.readsSnapshot(snapshot.getPayload().getType()))
            .persistenceExceptionResolver(PostgresEventStorageEngine::isUniqueViolation)
            .batchSize(fetchSize));
    this.jdbc = jdbc;
    this.head = head;
    this.serializer = serializer;
    this.upcasterChain = upcasters;
    this.listener = (first, events) -> {};
  }

  @Override
  protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
    if (events.isEmpty()) {
      return;
    }
    Columns columns = new Columns(events, serializer);
    long last;
    try {
      last = jdbc.execute((ConnectionCallback<Long>) connection -> columns.append(connection));
    } catch (DataAccessException failure) {
      handlePersistenceException(failure, events.getFirst());
      return;
    }
    CurrentUnitOfWork.ifStarted(unitOfWork -> note(unitOfWork.root(), columns.events, last));
  }

  /**
   * What was appended in one transaction.
   *
   * @param events in the order of their positions, which have no gap: the lock is held from the
   *     first append of a transaction to its end
   */
  private record Appended(long firstPosition, List<DomainEventMessage<?>> events) {
    long lastPosition() {
      return firstPosition + events.size() - 1;
    }
  }

  private void note(UnitOfWork<?> root, List<DomainEventMessage<?>> events, long last) {
    Appended appended = root.getResource(APPENDED);
    if (appended == null) {
      Appended first = new Appended(last - events.size() + 1, new ArrayList<>(events.size()));
      root.resources().put(APPENDED, first);
      root.afterCommit(unitOfWork -> committed(first));
      appended = first;
    }
    appended.events().addAll(events);
  }

  /** The one place that learns of everything that this node has committed. */
  private void committed(Appended appended) {
    head.committed(appended.lastPosition());
    listener.committed(appended.firstPosition(), appended.events());
  }

  /** Position of the first event that was appended in a root unit of work; 0 when none was. */
  public long firstAppended(UnitOfWork<?> root) {
    Appended appended = root.getResource(APPENDED);
    return appended == null ? 0 : appended.firstPosition();
  }

  /** Position of the last event that was appended in a root unit of work; 0 when none was. */
  public long lastAppended(UnitOfWork<?> root) {
    Appended appended = root.getResource(APPENDED);
    return appended == null ? 0 : appended.lastPosition();
  }

  /**
   * Whether the append of a root unit of work is committed, for when its commit failed in a way
   * that tells nothing, as when the connection was lost. Exact: whoever appended holds the lock
   * until its transaction has ended, also when its connection is gone, and this waits for the lock.
   * Must run inside a new transaction.
   */
  public boolean isCommitted(UnitOfWork<?> root) {
    Appended appended = root.getResource(APPENDED);
    if (appended == null) {
      return false;
    }
    lockAppends();
    boolean committed =
        Boolean.TRUE.equals(
            jdbc.queryForObject(
                "select exists (select from eventstore.event where position = ? and event_id = ?)",
                Boolean.class,
                appended.firstPosition(),
                appended.events().getFirst().getIdentifier()));
    if (committed) {
      committed(appended);
    }
    return committed;
  }

  /** From now on this listener learns of what is appended; until now nobody did. */
  public void tell(AppendListener appendListener) {
    this.listener = appendListener;
  }

  /**
   * What a read of the store found.
   *
   * @param events the wanted ones, ascending positions
   * @param upTo position up to which everything has been read
   */
  record Read(List<RecordedEvent> events, long upTo) {}

  /**
   * Reads on after a position. Blocks.
   *
   * @param limit of events that are looked at, at least 1
   * @param wanted payloads of other types are not even parsed
   * @throws org.axonframework.serialization.SerializationException at an event that this version
   *     does not know; nothing is skipped
   */
  Read read(long after, int limit, Predicate<Class<?>> wanted) {
    List<StoredEvent> rows =
        fetchTrackedEvents(after == 0 ? null : new GlobalSequenceTrackingToken(after), limit);
    if (rows.isEmpty()) {
      return new Read(List.of(), after);
    }
    List<RecordedEvent> events = new ArrayList<>(rows.size());
    EventUtils.upcastAndDeserializeTrackedEvents(rows.stream(), getEventSerializer(), upcasterChain)
        .filter(message -> wanted.test(message.getPayloadType()))
        .forEach(message -> events.add(recorded(message)));
    return new Read(events, rows.getLast().position());
  }

  private static RecordedEvent recorded(TrackedEventMessage<?> message) {
    return RecordedEvents.of(
        message.trackingToken().position().orElseThrow(), (DomainEventMessage<?>) message);
  }

  @Override
  protected List<StoredEvent> fetchTrackedEvents(TrackingToken lastToken, int batchSize) {
    long after = lastToken == null ? 0 : lastToken.position().orElse(0);
    List<StoredEvent> events =
        jdbc.query(
            "select "
                + COLUMNS
                + " from eventstore.event where position > ? order by position limit ?",
            EVENT,
            after,
            batchSize);
    if (!events.isEmpty()) {
      head.committed(events.getLast().position());
    }
    return events;
  }

  @Override
  protected List<? extends DomainEventData<?>> fetchDomainEvents(
      String stream, long firstSequence, int batchSize) {
    List<StoredEvent> events =
        jdbc.query(
            "select "
                + COLUMNS
                + " from eventstore.event where stream = ? and sequence >= ? order by sequence"
                + " limit ?",
            EVENT,
            stream,
            firstSequence,
            batchSize);
    if (!events.isEmpty()) {
      head.committed(events.getLast().position());
    }
    return events;
  }

  /**
   * Reads several short streams by one statement: each from its latest snapshot on that this
   * version can read.
   *
   * @param streams no name twice
   * @return the streams that were read whole, those without any event as empty ones. Missing are
   *     streams with more than {@value #SHORT_STREAM} events after their snapshot, those beyond
   *     {@value #SHORT_STREAMS} events of all streams, and those with a snapshot in another form:
   *     they must be read by themselves. Payloads are parsed only when an event is taken, so what
   *     cannot be read fails there and harms no other stream
   */
  public Map<String, DomainEventStream> readStreams(Collection<String> streams) {
    String[] names = streams.toArray(String[]::new);
    Map<String, ShortStream> found = new LinkedHashMap<>();
    for (String name : names) {
      found.put(name, new ShortStream());
    }
    int events = 0;
    String last = null;
    for (StoredEvent row : jdbc.query(STREAMS, EVENT, names, names)) {
      if (row.stream() == null) {
        head.committed(row.position());
      } else if (row.position() == 0) {
        found.get(row.stream()).snapshot = row;
      } else {
        found.get(row.stream()).events.add(row);
        last = row.stream();
        events++;
      }
    }
    Map<String, DomainEventStream> read = new HashMap<>();
    for (Map.Entry<String, ShortStream> entry : found.entrySet()) {
      if (events > SHORT_STREAMS && entry.getKey().equals(last)) {
        break;
      }
      if (isWhole(entry.getValue())) {
        read.put(entry.getKey(), stream(entry.getValue()));
      }
    }
    return read;
  }

  private static final class ShortStream {
    private StoredEvent snapshot;
    private final List<StoredEvent> events = new ArrayList<>();
  }

  private boolean isWhole(ShortStream stream) {
    return stream.events.size() <= SHORT_STREAM
        && (stream.snapshot == null
            || serializer.readsSnapshot(stream.snapshot.getPayload().getType()));
  }

  private DomainEventStream stream(ShortStream read) {
    DomainEventStream events = stream(read.events, getEventSerializer());
    return read.snapshot == null
        ? events
        : DomainEventStream.concat(stream(List.of(read.snapshot), getSnapshotSerializer()), events);
  }

  private DomainEventStream stream(List<StoredEvent> rows, Serializer from) {
    return EventStreamUtils.upcastAndDeserializeDomainEvents(rows.stream(), from, upcasterChain);
  }

  /**
   * Lets nobody else append until the current transaction ends, so that what it loads from now on
   * cannot be overtaken. Waits for appends that are under way. For the rare command that lost to
   * another node again and again; must run inside a transaction.
   */
  public void lockAppends() {
    jdbc.execute("select pg_advisory_xact_lock(" + APPEND_LOCK + ")");
  }

  @Override
  protected void storeSnapshot(DomainEventMessage<?> snapshot, Serializer serializer) {
    SerializedObject<String> payload = snapshot.serializePayload(serializer, String.class);
    SerializedObject<String> metadata = snapshot.serializeMetaData(serializer, String.class);
    jdbc.update(
        "insert into eventstore.snapshot as s (sequence, at, stream, type, revision, event_id,"
            + " payload, metadata) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (stream) do update"
            + " set sequence = excluded.sequence, at = excluded.at, type = excluded.type, revision"
            + " = excluded.revision, event_id = excluded.event_id, payload = excluded.payload,"
            + " metadata = excluded.metadata where s.sequence < excluded.sequence",
        snapshot.getSequenceNumber(),
        OffsetDateTime.ofInstant(snapshot.getTimestamp(), ZoneOffset.UTC),
        snapshot.getAggregateIdentifier(),
        payload.getType().getName(),
        payload.getType().getRevision(),
        snapshot.getIdentifier(),
        payload.getData(),
        metadata.getData());
  }

  @Override
  protected Stream<? extends DomainEventData<?>> readSnapshotData(String stream) {
    List<StoredEvent> snapshots =
        jdbc.query(
            "select 0, sequence, at, stream, type, revision, event_id, payload, metadata"
                + " from eventstore.snapshot where stream = ?",
            SNAPSHOT,
            stream);
    if (!snapshots.isEmpty()) {
      // A snapshot does not say at which position it was taken, and no event may follow it.
      lastPosition();
    }
    return snapshots.stream();
  }

  @Override
  public Optional<Long> lastSequenceNumberFor(String stream) {
    return Optional.ofNullable(
        jdbc.queryForObject(
            "select max(sequence) from eventstore.event where stream = ?", Long.class, stream));
  }

  /** Null: before the first event. */
  @Override
  public TrackingToken createTailToken() {
    return null;
  }

  @Override
  public TrackingToken createHeadToken() {
    long last = lastPosition();
    return last == 0 ? null : new GlobalSequenceTrackingToken(last);
  }

  @Override
  public TrackingToken createTokenAt(Instant dateTime) {
    OptionalLong first =
        jdbc.queryForStream(
                "select position from eventstore.event where at >= ? order by position limit 1",
                (row, number) -> row.getLong(1),
                OffsetDateTime.ofInstant(dateTime, ZoneOffset.UTC))
            .mapToLong(Long::longValue)
            .findFirst();
    if (first.isEmpty()) {
      return createHeadToken();
    }
    return first.getAsLong() == 1 ? null : new GlobalSequenceTrackingToken(first.getAsLong() - 1);
  }

  /** Position of the last committed event; 0 in an empty store. Blocks. */
  public long lastPosition() {
    Long last =
        jdbc.queryForObject("select coalesce(max(position), 0) from eventstore.event", Long.class);
    head.committed(last);
    return last;
  }

  private static StoredEvent storedEvent(ResultSet row, long position) throws SQLException {
    return new StoredEvent(
        position,
        row.getLong(2),
        row.getObject(3, OffsetDateTime.class).toInstant(),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getString(9));
  }

  private static boolean isUniqueViolation(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** Column-wise events of one append. */
  private static final class Columns {
    private final List<DomainEventMessage<?>> events = new ArrayList<>();
    private final long[] sequences;
    private final long[] times;
    private final String[] streams;
    private final String[] types;
    private final String[] revisions;
    private final String[] ids;
    private final String[] payloads;
    private final String[] metadata;

    Columns(List<? extends EventMessage<?>> events, Serializer serializer) {
      int size = events.size();
      sequences = new long[size];
      times = new long[size];
      streams = new String[size];
      types = new String[size];
      revisions = new String[size];
      ids = new String[size];
      payloads = new String[size];
      metadata = new String[size];
      for (int i = 0; i < size; i++) {
        if (!(events.get(i) instanceof DomainEventMessage<?> event)) {
          throw new EventStoreException("Only events of aggregates are stored");
        }
        SerializedObject<String> payload = event.serializePayload(serializer, String.class);
        sequences[i] = event.getSequenceNumber();
        this.events.add(event);
        times[i] = ChronoUnit.MICROS.between(Instant.EPOCH, RecordedEvents.at(event));
        streams[i] = event.getAggregateIdentifier();
        types[i] = payload.getType().getName();
        revisions[i] = payload.getType().getRevision();
        ids[i] = event.getIdentifier();
        payloads[i] = payload.getData();
        metadata[i] = event.serializeMetaData(serializer, String.class).getData();
      }
    }

    long append(Connection connection) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
        statement.setArray(1, array(connection, "int8", sequences));
        statement.setArray(2, array(connection, "int8", times));
        statement.setArray(3, array(connection, "text", streams));
        statement.setArray(4, array(connection, "text", types));
        statement.setArray(5, array(connection, "text", revisions));
        statement.setArray(6, array(connection, "text", ids));
        statement.setArray(7, array(connection, "text", payloads));
        statement.setArray(8, array(connection, "text", metadata));
        statement.execute();
        statement.getMoreResults();
        if (!statement.getMoreResults()) {
          throw new SQLException("The append answered nothing");
        }
        try (ResultSet result = statement.getResultSet()) {
          result.next();
          return result.getLong(1);
        }
      }
    }

    /** Whole arrays of primitives go over the wire as they are. */
    private static Array array(Connection connection, String type, Object values)
        throws SQLException {
      return values instanceof long[] numbers
          ? connection.unwrap(PGConnection.class).createArrayOf(type, numbers)
          : connection.createArrayOf(type, (Object[]) values);
    }
  }

  private static final class EngineBuilder extends BatchingEventStorageEngine.Builder {}
}
