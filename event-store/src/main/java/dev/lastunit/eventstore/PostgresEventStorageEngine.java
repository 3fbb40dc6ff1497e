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
import java.util.UUID;
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
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Axon's storage engine over PostgreSQL: {@code eventstore.event}, partitioned by position, has the
 * events, {@code eventstore.stream_event} leads from streams to positions and keeps (stream,
 * sequence) unique (ADR 0016).
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
 * arrays. Must run inside a transaction; joins the one that is bound to the thread. In a unit of
 * work for which {@link #commitTogether} was called, the commit travels with them as well, so that
 * the lock is not held while the network is waited for: there events are only kept when they are
 * appended, and go to the store with {@link #appendAndCommit}.
 *
 * <p><b>Errors.</b> A stream that has moved on meanwhile is reported as {@link
 * org.axonframework.modelling.command.ConcurrencyException}, or as {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException AggregateStreamCreationException}
 * when its first event exists already. Nothing was recorded then, and the command may be handled
 * again. A store that has lost events which this node knows, as after a failover to a replica that
 * was behind, takes none from it until the node starts anew. Other failures of an append leave
 * nothing behind either; whether a commit took place whose answer was lost is told by {@link
 * #isCommitted}.
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
   * Follows the positions {@code i.position} of a stream to their events {@code e}, one by one: the
   * limit keeps the planner from reading all events while there are few, and going on to do so.
   */
  private static final String EVENTS_OF_STREAM =
      " left join lateral (select "
          + COLUMNS
          + " from eventstore.event where position = i.position limit 1) as e on true";

  /** Without a position when the event is not there, as when its partition is detached. */
  private static final String COLUMNS_OF_STREAM =
      "e.position, i.sequence, e.at, i.stream, e.type, e.revision, e.event_id, e.payload,"
          + " e.metadata";

  /**
   * Lock, look at the last position, insert, unless the append was given up meanwhile. The last
   * position is looked for from the one on that this node knows, so that old partitions are left
   * alone; if that one has vanished, there is no position, and the insert fails.
   */
  private static final String APPEND =
      "select pg_advisory_xact_lock("
          + APPEND_LOCK
          + "); "
          + "with appended as (insert into eventstore.event ("
          + COLUMNS
          + ") select (select coalesce(max(position), case when ? = 0 then 0 end) from"
          + " eventstore.event where position >= ?) + e.ordinality, e.sequence,"
          + " 'epoch'::timestamptz + e.at * interval '1 microsecond', e.stream, e.type, e.revision,"
          + " e.event_id, e.payload, e.metadata from unnest(?::bigint[], ?::bigint[], ?::text[],"
          + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[]) with ordinality as e(sequence,"
          + " at, stream, type, revision, event_id, payload, metadata, ordinality) where not exists"
          + " (select from eventstore.void_append where event_id = ?) returning stream, sequence,"
          + " position), indexed as (insert into eventstore.stream_event (stream, sequence,"
          + " position) select stream, sequence, position from appended returning position) select"
          + " max(position)";

  private static final String APPENDED_ROWS = " from indexed";

  /**
   * Sent behind an append. The server does not execute it when what is before it fails. The driver
   * then knows that no transaction is open, and sends nothing when it is told to commit.
   */
  private static final String COMMIT = "; commit";

  /** Events of a stream after its snapshot that are read together with other streams. */
  static final int SHORT_STREAM = 500;

  /** Events of all streams together that one read of several streams brings. */
  static final int SHORT_STREAMS = 10_000;

  /**
   * Events of several streams in the streams' order, their snapshots, and one row without a stream
   * for the last position. One event more than is allowed shows that there are more.
   *
   * <p>Most streams of a batch may be new, as when a catalogue is imported: which ones are there is
   * found out first, in one pass over the index, and the rest is done for these only.
   */
  private static final String STREAMS =
      "with there as materialized (select i.stream, w.number from eventstore.stream_event i join"
          + " unnest(?::text[]) with ordinality as w(stream, number) on w.stream = i.stream where"
          + " i.stream = any(?::text[]) and i.sequence = 0), snapshots as materialized (select s.*"
          + " from there w join eventstore.snapshot s on s.stream = w.stream) select * from (select"
          + " "
          + COLUMNS_OF_STREAM
          + " from there w left join snapshots s on s.stream = w.stream cross join lateral (select"
          + " stream, sequence, position from eventstore.stream_event where stream = w.stream and"
          + " sequence > coalesce(s.sequence, -1) order by sequence limit "
          + (SHORT_STREAM + 1)
          + ") as i"
          + EVENTS_OF_STREAM
          + " order by w.number, i.sequence limit "
          + (SHORT_STREAMS + 1)
          + ") as found union all select 0, sequence, at, stream, type, revision, event_id,"
          + " payload, metadata from snapshots union all"
          + " select coalesce(max(position), 0), -1, 'epoch', null, null, null, null, null, null"
          + " from eventstore.event where position >= ?";

  /** Position of an event that is not there. */
  private static final long MISSING = -1;

  private static final RowMapper<StoredEvent> EVENT =
      (row, number) -> {
        long position = row.getLong(1);
        return row.wasNull()
            ? new StoredEvent(
                MISSING, row.getLong(2), null, row.getString(4), null, null, null, null, null)
            : storedEvent(row, position);
      };

  private static final RowMapper<StoredEvent> SNAPSHOT = (row, number) -> storedEvent(row, 0);

  private final JdbcTemplate jdbc;
  private final StoreHead head;
  private final EventStoreSerializer serializer;
  private final EventUpcaster upcasterChain;
  private volatile AppendListener listener;
  private volatile String append = APPEND + APPENDED_ROWS;

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
    UnitOfWork<?> root = CurrentUnitOfWork.map(UnitOfWork::root).orElse(null);
    if (root != null && root.getResource(APPENDED) instanceof Appended kept && kept.together) {
      kept.add(events);
      return;
    }
    Columns columns = new Columns(events, serializer);
    long last;
    try {
      last =
          jdbc.execute(
              (ConnectionCallback<Long>)
                  connection -> columns.append(connection, append, head.position()));
    } catch (DataAccessException failure) {
      handlePersistenceException(failure, events.getFirst());
      return;
    }
    if (root != null) {
      Appended appended = root.getOrComputeResource(APPENDED, key -> new Appended(false));
      if (appended.events.isEmpty()) {
        appended.firstPosition = last - events.size() + 1;
        root.afterCommit(unitOfWork -> committed(appended));
      }
      appended.add(events);
    }
  }

  /**
   * What was appended in one transaction, or is kept for its end. Belongs to the thread of the unit
   * of work.
   */
  private static final class Appended {

    /** Whether the events are kept until they are committed. */
    private final boolean together;

    /**
     * In the order of their positions, which have no gap: the lock is held from the first append of
     * a transaction to its end.
     */
    private final List<DomainEventMessage<?>> events = new ArrayList<>();

    /** 0 as long as it is not known. */
    private long firstPosition;

    Appended(boolean together) {
      this.together = together;
    }

    void add(List<? extends EventMessage<?>> more) {
      for (EventMessage<?> event : more) {
        events.add(domainEvent(event));
      }
    }

    long lastPosition() {
      return firstPosition == 0 ? 0 : firstPosition + events.size() - 1;
    }
  }

  private static DomainEventMessage<?> domainEvent(EventMessage<?> message) {
    if (message instanceof DomainEventMessage<?> event) {
      return event;
    }
    throw new EventStoreException("Only events of aggregates are stored");
  }

  /**
   * From now on what is appended in this root unit of work is kept until {@link #appendAndCommit},
   * which must be the last that is done in its transaction. To be called before anything is
   * appended.
   */
  public void commitTogether(UnitOfWork<?> root) {
    root.resources().put(APPENDED, new Appended(true));
  }

  /**
   * Appends what was kept for this root unit of work and commits the current transaction, in one
   * round trip. The transaction is then over for the server; whoever began it may still commit it,
   * which costs nothing. Does nothing when nothing was kept.
   *
   * @throws org.axonframework.common.AxonException when certainly nothing was recorded, as for any
   *     append
   * @throws DataAccessException when that is not known; ask {@link #isCommitted}
   */
  public void appendAndCommit(UnitOfWork<?> root) {
    Appended kept = root.getResource(APPENDED);
    if (kept == null || !kept.together || kept.events.isEmpty()) {
      return;
    }
    Columns columns = new Columns(kept.events, getEventSerializer());
    long last =
        jdbc.execute(
            (ConnectionCallback<Long>)
                connection -> {
                  try {
                    return columns.append(connection, append + COMMIT, head.position());
                  } catch (SQLException failure) {
                    if (hasFailed(connection)) {
                      handlePersistenceException(failure, kept.events.getFirst());
                    }
                    throw failure;
                  }
                });
    if (last == 0) {
      throw new EventStoreException("The append was given up before it took place");
    }
    kept.firstPosition = last - kept.events.size() + 1;
    root.afterCommit(unitOfWork -> committed(kept));
  }

  /**
   * Whether the server says that the transaction is still open and has failed; then it did not get
   * to the commit.
   */
  private static boolean hasFailed(Connection connection) throws SQLException {
    return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
  }

  /** The one place that learns of everything that this node has committed. */
  private void committed(Appended appended) {
    head.committed(appended.lastPosition());
    listener.committed(appended.firstPosition, appended.events);
  }

  /** Position of the first event that was appended in a root unit of work; 0 when none was. */
  public long firstAppended(UnitOfWork<?> root) {
    Appended appended = root.getResource(APPENDED);
    return appended == null ? 0 : appended.firstPosition;
  }

  /** Position of the last event that was appended in a root unit of work; 0 when none was. */
  public long lastAppended(UnitOfWork<?> root) {
    Appended appended = root.getResource(APPENDED);
    return appended == null ? 0 : appended.lastPosition();
  }

  /**
   * Whether the append of a root unit of work is committed, for when its commit failed in a way
   * that tells nothing, as when the connection was lost. Must run inside a new transaction; the
   * answer holds when that is committed.
   *
   * <p>Exact: an append that has the lock is waited for, also when its connection is gone; one that
   * has not, and may still be somewhere on its way to the server, is made void.
   */
  public boolean isCommitted(UnitOfWork<?> root) {
    Appended appended = root.getResource(APPENDED);
    if (appended == null || appended.events.isEmpty()) {
      return false;
    }
    lockAppends();
    DomainEventMessage<?> first = appended.events.getFirst();
    List<Long> position =
        jdbc.queryForList(
            "select e.position from eventstore.stream_event i join eventstore.event e"
                + " on e.position = i.position"
                + " where i.stream = ? and i.sequence = ? and e.event_id = ?",
            Long.class,
            first.getAggregateIdentifier(),
            first.getSequenceNumber(),
            first.getIdentifier());
    if (position.isEmpty()) {
      jdbc.update(
          "insert into eventstore.void_append (event_id) values (?) on conflict do nothing",
          first.getIdentifier());
      return false;
    }
    appended.firstPosition = position.getFirst();
    committed(appended);
    return true;
  }

  /**
   * From now on every append is announced to other nodes by NOTIFY, see {@link AppendNotices}.
   * Costs each commit some microseconds, which a database with one node can spare.
   *
   * @return the name under which it is announced, of letters, digits and hyphens
   */
  String announce() {
    String name = UUID.randomUUID().toString();
    append =
        APPEND
            + ", pg_notify('"
            + AppendNotices.CHANNEL
            + "', max(position) || ' "
            + name
            + "')"
            + APPENDED_ROWS;
    return name;
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
   * @throws EventStoreException when the next positions are not there, as when their partition is
   *     detached
   */
  Read read(long after, int limit, Predicate<Class<?>> wanted) {
    List<StoredEvent> rows =
        fetchTrackedEvents(after == 0 ? null : new GlobalSequenceTrackingToken(after), limit);
    if (rows.isEmpty()) {
      return new Read(List.of(), after);
    }
    if (rows.getLast().position() != after + rows.size()) {
      throw new EventStoreException(
          "Events after position " + after + " are missing; nothing is skipped");
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
                + COLUMNS_OF_STREAM
                + " from eventstore.stream_event i"
                + EVENTS_OF_STREAM
                + " where i.stream = ? and i.sequence >= ? order by i.sequence limit ?",
            EVENT,
            stream,
            firstSequence,
            batchSize);
    for (StoredEvent event : events) {
      if (event.position() == MISSING) {
        throw new EventStoreException(
            "Event " + event.sequence() + " of " + stream + " is missing; nothing is skipped");
      }
    }
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
   *     {@value #SHORT_STREAMS} events of all streams, those with a snapshot in another form, and
   *     those of which an event is missing: they must be read by themselves. Payloads are parsed
   *     only when an event is taken, so what cannot be read fails there and harms no other stream
   */
  public Map<String, DomainEventStream> readStreams(Collection<String> streams) {
    String[] names = streams.toArray(String[]::new);
    Map<String, ShortStream> found = new LinkedHashMap<>();
    for (String name : names) {
      found.put(name, new ShortStream());
    }
    int events = 0;
    String last = null;
    for (StoredEvent row : jdbc.query(STREAMS, EVENT, names, names, head.position())) {
      if (row.stream() == null) {
        head.committed(row.position());
      } else if (row.position() == 0) {
        found.get(row.stream()).snapshot = row;
      } else {
        found.get(row.stream()).complete &= row.position() != MISSING;
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
    private boolean complete = true;
    private final List<StoredEvent> events = new ArrayList<>();
  }

  private boolean isWhole(ShortStream stream) {
    return stream.complete
        && stream.events.size() <= SHORT_STREAM
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
            "select max(sequence) from eventstore.stream_event where stream = ?",
            Long.class,
            stream));
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
        jdbc.queryForObject(
            "select max(position) from eventstore.event where position >= ?",
            Long.class,
            head.position());
    if (last != null) {
      head.committed(last);
    }
    return head.position();
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
        DomainEventMessage<?> event = domainEvent(events.get(i));
        SerializedObject<String> payload = event.serializePayload(serializer, String.class);
        sequences[i] = event.getSequenceNumber();
        times[i] = ChronoUnit.MICROS.between(Instant.EPOCH, RecordedEvents.at(event));
        streams[i] = event.getAggregateIdentifier();
        types[i] = payload.getType().getName();
        revisions[i] = payload.getType().getRevision();
        ids[i] = event.getIdentifier();
        payloads[i] = payload.getData();
        metadata[i] = event.serializeMetaData(serializer, String.class).getData();
      }
    }

    /** Position of the last event; 0 when the append was made void. */
    long append(Connection connection, String sql, long known) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, known);
        statement.setLong(2, known);
        statement.setArray(3, array(connection, "int8", sequences));
        statement.setArray(4, array(connection, "int8", times));
        statement.setArray(5, array(connection, "text", streams));
        statement.setArray(6, array(connection, "text", types));
        statement.setArray(7, array(connection, "text", revisions));
        statement.setArray(8, array(connection, "text", ids));
        statement.setArray(9, array(connection, "text", payloads));
        statement.setArray(10, array(connection, "text", metadata));
        statement.setString(11, ids[0]);
        statement.execute();
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
