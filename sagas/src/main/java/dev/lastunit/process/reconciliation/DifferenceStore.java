package dev.lastunit.process.reconciliation;

import dev.lastunit.process.engine.ProcessJson;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * The table of differences. Blocks; takes part in the transaction that is bound to the calling
 * thread.
 */
final class DifferenceStore {

  private static final String COLUMNS =
      "difference_id, run_id, reference, kind, state, giving_up, charge, ours, theirs, deadline,"
          + " attempt, due_at, parked_reason, parked_at, last_error, history, found_at, version";

  private static final RowMapper<Difference> ROW = (rs, n) -> row(rs);

  private final JdbcTemplate jdbc;

  DifferenceStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Writes suspicions. A row that is there already stays as it is, unless it was healed: then it is
   * suspected again.
   */
  void suspect(Collection<Difference> suspicions) {
    for (Difference one : suspicions) {
      jdbc.update(
          "insert into process.difference as d ("
              + COLUMNS
              + ") values (?, ?, ?, ?, 'suspected', false, ?, ?, ?, ?, 0, ?, null, null, null, '',"
              + " ?, 1) on conflict (difference_id) do update set run_id = excluded.run_id,"
              + " kind = excluded.kind, state = excluded.state, giving_up = false,"
              + " charge = excluded.charge, ours = excluded.ours, theirs = excluded.theirs,"
              + " attempt = 0, due_at = excluded.due_at, last_error = null,"
              + " version = d.version + 1 where d.state = 'healed'",
          one.id(),
          one.runId(),
          one.reference(),
          one.kind().text(),
          one.charge() == null ? null : ProcessJson.write(one.charge()),
          one.ours(),
          one.theirs(),
          Timestamp.from(one.deadline()),
          timestamp(one.dueAt()),
          Timestamp.from(one.foundAt()));
    }
  }

  /** Takes on what is due, the earliest first, until the given time. */
  List<Difference> claim(int limit, Instant now, Instant until) {
    return jdbc.query(
        "update process.difference d set due_at = ?, version = d.version + 1"
            + " where d.difference_id = any (array(select c.difference_id from process.difference c"
            + " where c.due_at <= ? order by c.due_at limit ? for update skip locked)) returning "
            + COLUMNS,
        ROW,
        Timestamp.from(until),
        Timestamp.from(now),
        limit);
  }

  /**
   * Overwrites a row that nobody has changed since it was seen.
   *
   * @return whether it was written
   */
  boolean update(Difference next) {
    return jdbc.update(
            "update process.difference set kind = ?, state = ?, giving_up = ?, charge = ?, ours ="
                + " ?, theirs = ?, deadline = ?, attempt = ?, due_at = ?, parked_reason = ?,"
                + " parked_at = ?, last_error = ?, history = ?, found_at = ?, version = version + 1"
                + " where difference_id = ? and version = ?",
            next.kind().text(),
            next.state().text(),
            next.givingUp(),
            next.charge() == null ? null : ProcessJson.write(next.charge()),
            next.ours(),
            next.theirs(),
            Timestamp.from(next.deadline()),
            next.attempt(),
            timestamp(next.dueAt()),
            next.parkedReason(),
            timestamp(next.parkedAt()),
            next.lastError(),
            String.join("\n", next.history()),
            Timestamp.from(next.foundAt()),
            next.id(),
            next.version())
        == 1;
  }

  /** Removes a row that nobody has changed since it was seen. */
  void delete(Difference one) {
    jdbc.update(
        "delete from process.difference where difference_id = ? and version = ?",
        one.id(),
        one.version());
  }

  /** A row, locked until the end of the transaction; null when there is none. */
  Difference lock(String id) {
    List<Difference> rows =
        jdbc.query(
            "select " + COLUMNS + " from process.difference where difference_id = ? for update",
            ROW,
            id);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  /**
   * Parked and abandoned ones, the longest parked first.
   *
   * @param from parked then or later
   * @param after of those that were parked at that very instant only what follows this identifier;
   *     null for none of them, empty for all
   */
  List<Difference> parked(Instant from, String after, int limit) {
    // Identifiers in the order of their bytes, which is that of whoever merges lists.
    return jdbc.query(
        "select "
            + COLUMNS
            + " from process.difference where parked_reason is not null and (parked_at > ?"
            + " or parked_at = ? and difference_id collate \"C\" > ?)"
            + " order by parked_at, difference_id collate \"C\" limit ?",
        ROW,
        timestamp(from),
        timestamp(from),
        after,
        limit);
  }

  /** Those that some runs found, the latest first, at most so many of each. */
  List<Difference> ofRuns(Collection<String> runs, int most) {
    return jdbc.query(
        "select "
            + COLUMNS
            + " from (select *, row_number() over (partition by run_id order by found_at desc,"
            + " difference_id) as place from process.difference"
            + " where run_id = any (?) and state <> 'suspected') d"
            + " where place <= ? order by found_at desc, difference_id",
        ps -> {
          ps.setArray(1, ps.getConnection().createArrayOf("text", runs.toArray()));
          ps.setInt(2, most);
        },
        ROW);
  }

  /** How many some runs found, by run and state. */
  Map<String, Map<String, Long>> counts(Collection<String> runs) {
    Map<String, Map<String, Long>> counts = new HashMap<>();
    jdbc.query(
        "select run_id, state, count(*) from process.difference where run_id = any (?)"
            + " and state <> 'suspected' group by run_id, state",
        ps -> ps.setArray(1, ps.getConnection().createArrayOf("text", runs.toArray())),
        rs -> {
          counts
              .computeIfAbsent(rs.getString(1), run -> new HashMap<>())
              .put(rs.getString(2), rs.getLong(3));
        });
    return counts;
  }

  /**
   * How many are not over, and how many of these are past their deadline.
   *
   * @param parked wait for an operator
   */
  record Unresolved(long open, long parked, long overdue) {}

  Unresolved unresolved(Instant now) {
    return jdbc.queryForObject(
        "select count(*) filter (where state = 'open'), count(*) filter (where state = 'parked'),"
            + " count(*) filter (where deadline < ?) from process.difference"
            + " where state in ('open', 'parked')",
        (rs, n) -> new Unresolved(rs.getLong(1), rs.getLong(2), rs.getLong(3)),
        Timestamp.from(now));
  }

  private static Difference row(ResultSet rs) throws SQLException {
    String charge = rs.getString("charge");
    String history = rs.getString("history");
    return new Difference(
        rs.getString("difference_id"),
        rs.getString("run_id"),
        rs.getString("reference"),
        DifferenceKind.of(rs.getString("kind")),
        Difference.State.of(rs.getString("state")),
        rs.getBoolean("giving_up"),
        charge == null ? null : ProcessJson.read(charge, Charge.class),
        rs.getString("ours"),
        rs.getString("theirs"),
        rs.getTimestamp("deadline").toInstant(),
        rs.getInt("attempt"),
        instant(rs, "due_at"),
        rs.getString("parked_reason"),
        instant(rs, "parked_at"),
        rs.getString("last_error"),
        history.isEmpty() ? List.of() : List.of(history.split("\n")),
        rs.getTimestamp("found_at").toInstant(),
        rs.getLong("version"));
  }

  private static Timestamp timestamp(Instant instant) {
    return instant == null ? null : Timestamp.from(instant);
  }

  private static Instant instant(ResultSet rs, String column) throws SQLException {
    Timestamp timestamp = rs.getTimestamp(column);
    return timestamp == null ? null : timestamp.toInstant();
  }
}
