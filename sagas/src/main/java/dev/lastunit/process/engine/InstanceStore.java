package dev.lastunit.process.engine;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * The statements over {@code process.instance}, each for many rows. Blocks; takes part in the
 * transaction that is bound to the calling thread. Rows are always locked in the order of their
 * keys, so that two writers never wait for each other.
 */
final class InstanceStore {

  /** Key of a row. */
  record Key(String process, String id) {}

  private static final String COLUMNS =
      "i.process, i.id, i.state, i.data, i.attempt, i.due_at, i.lease_owner, i.version,"
          + " i.parked_reason, i.parked_at, i.last_error, i.history, i.created_at";

  /**
   * Lets the commit of the present transaction return before it is on disk. A crash of the machine
   * may then undo the last moments of writing, never a part of a transaction and never an earlier
   * one without the later ones; the steps concerned are run again, which every step allows.
   */
  private static final String LAZILY = "select set_config('synchronous_commit', 'off', true)";

  private static final String SET_ALL =
      "state = v.state, data = v.data, attempt = v.attempt, due_at = v.due_at,"
          + " lease_owner = v.lease_owner, version = v.version, parked_reason = v.parked_reason,"
          + " parked_at = v.parked_at, last_error = v.last_error, history = v.history,"
          + " updated_at = ?";

  private static final String NEW_ROWS =
      "unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::text[],"
          + " ?::bigint[], ?::text[], ?::timestamptz[], ?::text[], ?::text[]) v(process, id, state,"
          + " data, attempt, due_at, lease_owner, version, parked_reason, parked_at, last_error,"
          + " history)";

  private static final RowMapper<InstanceRow> ROW =
      (rs, n) ->
          new InstanceRow(
              rs.getString(1),
              rs.getString(2),
              rs.getString(3),
              rs.getString(4),
              rs.getInt(5),
              instant(rs, 6),
              rs.getString(7),
              rs.getLong(8),
              rs.getString(9),
              instant(rs, 10),
              rs.getString(11),
              rs.getString(12),
              instant(rs, 13));

  private final JdbcTemplate jdbc;

  InstanceStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Locks the rows of these instances, as far as there are any. */
  Map<String, InstanceRow> lock(String process, Collection<String> ids) {
    Map<String, InstanceRow> found = new HashMap<>();
    jdbc.query(
        "select "
            + COLUMNS
            + " from process.instance i where i.process = ? and i.id = any (?)"
            + " order by i.process, i.id for update",
        ps -> {
          ps.setString(1, process);
          ps.setArray(2, texts(ps, ids, id -> id));
        },
        rs -> {
          InstanceRow row = ROW.mapRow(rs, 0);
          found.put(row.id(), row);
        });
    return found;
  }

  /**
   * Locks rows and tells which have changed since they were seen. The commit then does not wait for
   * the disk.
   *
   * @param seen the version at which each was seen last
   * @return null as value for a row that is still at that version, else the row; keys without a row
   *     are missing
   */
  Map<Key, InstanceRow> lockChanged(Map<Key, Long> seen) {
    Map<Key, InstanceRow> found = new HashMap<>();
    jdbc.query(
        "with lazily as materialized ("
            + LAZILY
            + ") select i.process, i.id, i.state,"
            + " case when i.version = k.version then null else i.data end, i.attempt, i.due_at,"
            + " i.lease_owner, i.version, i.parked_reason, i.parked_at, i.last_error,"
            + " case when i.version = k.version then null else i.history end, i.created_at"
            + " from lazily cross join unnest(?::text[], ?::text[], ?::bigint[])"
            + " k(process, id, version)"
            + " join process.instance i on i.process = k.process and i.id = k.id"
            + " order by i.process, i.id for update of i",
        ps -> {
          List<Map.Entry<Key, Long>> entries = List.copyOf(seen.entrySet());
          ps.setArray(1, texts(ps, entries, entry -> entry.getKey().process()));
          ps.setArray(2, texts(ps, entries, entry -> entry.getKey().id()));
          ps.setArray(
              3,
              ps.getConnection()
                  .createArrayOf("int8", entries.stream().map(Map.Entry::getValue).toArray()));
        },
        rs -> {
          Key key = new Key(rs.getString(1), rs.getString(2));
          found.put(key, rs.getString(4) == null ? null : ROW.mapRow(rs, 0));
        });
    return found;
  }

  /**
   * Writes rows of instances that had none. A row that is there all the same is the instance's own,
   * written by a commit of which nobody heard; it is overwritten unless it has gone on.
   */
  void store(Collection<InstanceRow> rows, Instant now) {
    if (rows.isEmpty()) {
      return;
    }
    jdbc.update(
        "insert into process.instance as i (process, id, state, data, attempt, due_at,"
            + " lease_owner, version, parked_reason, parked_at, last_error, history, created_at,"
            + " updated_at) select v.*, ?::timestamptz, ?::timestamptz from unnest(?::text[],"
            + " ?::text[], ?::text[], ?::text[], ?::int[], ?::timestamptz[], ?::text[],"
            + " ?::bigint[], ?::text[], ?::timestamptz[], ?::text[], ?::text[]) v"
            + " on conflict (process, id) do update set state = excluded.state,"
            + " data = excluded.data, attempt = excluded.attempt, due_at = excluded.due_at,"
            + " lease_owner = excluded.lease_owner, version = excluded.version,"
            + " parked_reason = excluded.parked_reason, parked_at = excluded.parked_at,"
            + " last_error = excluded.last_error, history = excluded.history,"
            + " updated_at = excluded.updated_at where i.version <= excluded.version",
        ps -> {
          ps.setTimestamp(1, Timestamp.from(now));
          ps.setTimestamp(2, Timestamp.from(now));
          setRows(ps, 3, rows);
        });
  }

  /** Overwrites rows that are locked by this transaction. */
  void update(Collection<InstanceRow> rows, Instant now) {
    if (rows.isEmpty()) {
      return;
    }
    jdbc.update(
        "update process.instance i set "
            + SET_ALL
            + " from "
            + NEW_ROWS
            + " where i.process = v.process and i.id = v.id",
        ps -> {
          ps.setTimestamp(1, Timestamp.from(now));
          setRows(ps, 2, rows);
        });
  }

  void delete(Collection<Key> keys) {
    if (keys.isEmpty()) {
      return;
    }
    jdbc.update(
        "delete from process.instance i using unnest(?::text[], ?::text[]) k(process, id)"
            + " where i.process = k.process and i.id = k.id",
        ps -> {
          ps.setArray(1, texts(ps, keys, Key::process));
          ps.setArray(2, texts(ps, keys, Key::id));
        });
  }

  /**
   * Leases what is due, oldest first, passing over what somebody else is locking. The commit does
   * not wait for the disk.
   */
  List<InstanceRow> claim(String process, int limit, Instant now, Instant until, String owner) {
    return jdbc.query(
        "with lazily as materialized ("
            + LAZILY
            + ") update process.instance i set due_at = ?, lease_owner = ?,"
            + " version = i.version + 1 from lazily"
            + " where i.process = ? and i.id = any (array(select d.id from process.instance d"
            + " where d.process = ? and d.due_at <= ? and d.parked_reason is null"
            + " order by d.due_at limit ? for update skip locked))"
            + " returning "
            + COLUMNS,
        ps -> {
          ps.setTimestamp(1, Timestamp.from(until));
          ps.setString(2, owner);
          ps.setString(3, process);
          ps.setString(4, process);
          ps.setTimestamp(5, Timestamp.from(now));
          ps.setInt(6, limit);
        },
        ROW);
  }

  /**
   * Overwrites and deletes rows that nobody has changed since they were seen, in one statement that
   * is a transaction by itself unless one is bound to the thread. The commit does not wait for the
   * disk.
   *
   * @param updates new rows by the version at which each was seen
   * @param deletes rows to delete, likewise
   * @return the keys for which it was done; the others have changed or are gone
   */
  Set<Key> writeUnchanged(Map<InstanceRow, Long> updates, Map<Key, Long> deletes, Instant now) {
    Set<Key> done = new HashSet<>();
    List<InstanceRow> rows = List.copyOf(updates.keySet());
    List<Key> gone = List.copyOf(deletes.keySet());
    jdbc.query(
        "with lazily as materialized ("
            + LAZILY
            + "), locked as materialized (select i.process, i.id from lazily cross join"
            + " unnest(?::text[], ?::text[], ?::bigint[]) k(process, id, version)"
            + " join process.instance i on i.process = k.process and i.id = k.id"
            + " and i.version = k.version order by i.process, i.id for update of i),"
            + " updated as (update process.instance i set "
            + SET_ALL
            + " from locked l join "
            + NEW_ROWS
            + " on v.process = l.process and v.id = l.id"
            + " where i.process = l.process and i.id = l.id"
            + " returning i.process, i.id),"
            + " deleted as (delete from process.instance i using locked l,"
            + " unnest(?::text[], ?::text[]) d(process, id)"
            + " where d.process = l.process and d.id = l.id"
            + " and i.process = l.process and i.id = l.id returning i.process, i.id)"
            + " select process, id from updated union all select process, id from deleted",
        ps -> {
          List<Key> keys = new ArrayList<>(rows.size() + gone.size());
          List<Long> versions = new ArrayList<>(rows.size() + gone.size());
          for (InstanceRow row : rows) {
            keys.add(new Key(row.process(), row.id()));
            versions.add(updates.get(row));
          }
          for (Key key : gone) {
            keys.add(key);
            versions.add(deletes.get(key));
          }
          ps.setArray(1, texts(ps, keys, Key::process));
          ps.setArray(2, texts(ps, keys, Key::id));
          ps.setArray(3, ps.getConnection().createArrayOf("int8", versions.toArray()));
          ps.setTimestamp(4, Timestamp.from(now));
          int next = setRows(ps, 5, rows);
          ps.setArray(next, texts(ps, gone, Key::process));
          ps.setArray(next + 1, texts(ps, gone, Key::id));
        },
        rs -> {
          done.add(new Key(rs.getString(1), rs.getString(2)));
        });
    return done;
  }

  /** Makes everything due that a node of this name had leased. */
  int releaseLeases(String owner, Instant now) {
    return jdbc.update(
        "update process.instance set due_at = ?, lease_owner = null, version = version + 1"
            + " where lease_owner = ? and parked_reason is null",
        Timestamp.from(now),
        owner);
  }

  /** Parks a row that cannot be read, so that it does not hold up the others. */
  void parkUnreadable(InstanceRow row, String error, Instant now) {
    jdbc.update(
        "update process.instance set due_at = null, lease_owner = null, version = version + 1,"
            + " parked_reason = 'unreadable-state', parked_at = ?, last_error = ?, updated_at = ?"
            + " where process = ? and id = ? and version = ?",
        Timestamp.from(now),
        error,
        Timestamp.from(now),
        row.process(),
        row.id(),
        row.version());
  }

  /** Parked instances by process. */
  Map<String, Integer> countParked() {
    Map<String, Integer> counts = new HashMap<>();
    jdbc.query(
        "select process, count(*)::int from process.instance where parked_reason is not null"
            + " and parked_reason <> 'abandoned' group by process",
        rs -> {
          counts.put(rs.getString(1), rs.getInt(2));
        });
    return counts;
  }

  /** Parked instances after a place in their order, oldest first. */
  List<InstanceRow> parked(Instant afterAt, Key after, int limit) {
    String where = afterAt == null ? "" : " and (i.parked_at, i.process, i.id) > (?, ?, ?)";
    return jdbc.query(
        "select "
            + COLUMNS
            + " from process.instance i where i.parked_reason is not null"
            + where
            + " order by i.parked_at, i.process, i.id limit ?",
        ps -> {
          int at = 1;
          if (afterAt != null) {
            ps.setTimestamp(at++, Timestamp.from(afterAt));
            ps.setString(at++, after.process());
            ps.setString(at++, after.id());
          }
          ps.setInt(at, limit);
        },
        ROW);
  }

  /** Sets the arrays of {@link #NEW_ROWS} from a parameter on; answers the one after them. */
  private static int setRows(PreparedStatement ps, int first, Collection<InstanceRow> rows)
      throws SQLException {
    Connection connection = ps.getConnection();
    int at = first;
    ps.setArray(at++, texts(ps, rows, InstanceRow::process));
    ps.setArray(at++, texts(ps, rows, InstanceRow::id));
    ps.setArray(at++, texts(ps, rows, InstanceRow::state));
    ps.setArray(at++, texts(ps, rows, InstanceRow::data));
    ps.setArray(
        at++, connection.createArrayOf("int4", rows.stream().map(InstanceRow::attempt).toArray()));
    ps.setArray(at++, times(ps, rows, InstanceRow::dueAt));
    ps.setArray(at++, texts(ps, rows, InstanceRow::leaseOwner));
    ps.setArray(
        at++, connection.createArrayOf("int8", rows.stream().map(InstanceRow::version).toArray()));
    ps.setArray(at++, texts(ps, rows, InstanceRow::parkedReason));
    ps.setArray(at++, times(ps, rows, InstanceRow::parkedAt));
    ps.setArray(at++, texts(ps, rows, InstanceRow::lastError));
    ps.setArray(at++, texts(ps, rows, InstanceRow::history));
    // The updating statement takes the time of creation from the row that is there.
    return at;
  }

  private static <T> Array texts(
      PreparedStatement ps, Collection<T> values, Function<T, String> text) throws SQLException {
    return ps.getConnection()
        .createArrayOf("text", values.stream().map(text).toArray(String[]::new));
  }

  private static <T> Array times(
      PreparedStatement ps, Collection<T> values, Function<T, Instant> time) throws SQLException {
    String[] texts =
        values.stream()
            .map(time)
            .map(instant -> instant == null ? null : instant.toString())
            .toArray(String[]::new);
    return ps.getConnection().createArrayOf("timestamptz", texts);
  }

  private static Instant instant(ResultSet rs, int column) throws SQLException {
    Timestamp timestamp = rs.getTimestamp(column);
    return timestamp == null ? null : timestamp.toInstant();
  }
}
