package dev.lastunit.process.reconciliation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table of runs, at most one of which is under way. Blocks; takes part in the transaction that
 * is bound to the calling thread.
 */
final class RunStore {

  private static final String COLUMNS =
      "run_id, started_by, from_at, to_at, done_up_to, charges, payments, attempt, last_error,"
          + " created_at, ended_at";

  /**
   * A run.
   *
   * @param startedBy subject of an operator, or {@link #SCHEDULE}
   * @param doneUpTo what was made before this was compared
   * @param charges and {@code payments} that were compared so far
   * @param attempt failures since the last progress
   * @param endedAt null while under way
   */
  record Run(
      String runId,
      String startedBy,
      Instant from,
      Instant to,
      Instant doneUpTo,
      long charges,
      long payments,
      int attempt,
      String lastError,
      Instant createdAt,
      Instant endedAt) {}

  static final String SCHEDULE = "schedule";

  private final JdbcTemplate jdbc;

  RunStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Begins a run.
   *
   * @return false when one is under way, or one of this name was
   */
  boolean begin(String runId, String startedBy, Instant from, Instant to, Instant now) {
    return jdbc.update(
            "insert into process.reconciliation_run (run_id, started_by, from_at, to_at,"
                + " done_up_to, created_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing",
            runId,
            startedBy,
            Timestamp.from(from),
            Timestamp.from(to),
            Timestamp.from(from),
            Timestamp.from(now))
        == 1;
  }

  /** The run under way; null when there is none. */
  Run underWay() {
    return first("where ended_at is null");
  }

  /** The run that the schedule began last; null when it never began one. */
  Run latestOfSchedule() {
    return first(
        "where started_by = '" + SCHEDULE + "' order by created_at desc, run_id desc limit 1");
  }

  /** The run of this name; null when there is none. */
  Run find(String runId) {
    return first("where run_id = ?", runId);
  }

  private Run first(String rest, Object... arguments) {
    List<Run> runs =
        jdbc.query(
            "select " + COLUMNS + " from process.reconciliation_run " + rest,
            (rs, n) -> row(rs),
            arguments);
    return runs.isEmpty() ? null : runs.getFirst();
  }

  /**
   * Takes the run under way on, until the given time. What a node of this name had taken on before
   * is taken over at once.
   *
   * @return null when there is none, or another node has it
   */
  Run claim(String node, Instant now, Instant until) {
    List<Run> runs =
        jdbc.query(
            "update process.reconciliation_run set claimed_by = ?, claimed_until = ?"
                + " where run_id = any (array(select run_id from process.reconciliation_run"
                + " where ended_at is null and (due_at is null or due_at <= ?)"
                + " and (claimed_by is null or claimed_by = ? or claimed_until <= ?)"
                + " for update skip locked)) returning "
                + COLUMNS,
            (rs, n) -> row(rs),
            node,
            Timestamp.from(until),
            Timestamp.from(now),
            node,
            Timestamp.from(now));
    return runs.isEmpty() ? null : runs.getFirst();
  }

  /**
   * Notes how far a run has got.
   *
   * @return false when another node has it meanwhile, or it has gone on
   */
  boolean advance(Run before, String node, Instant upTo, long charges, long payments, Instant now) {
    boolean over = !upTo.isBefore(before.to());
    return jdbc.update(
            "update process.reconciliation_run set done_up_to = ?, charges = charges + ?,"
                + " payments = payments + ?, attempt = 0, last_error = null, due_at = null,"
                + " ended_at = ? where run_id = ? and claimed_by = ? and done_up_to = ?"
                + " and ended_at is null",
            Timestamp.from(upTo),
            charges,
            payments,
            over ? Timestamp.from(now) : null,
            before.runId(),
            node,
            Timestamp.from(before.doneUpTo()))
        == 1;
  }

  /** Lets go of a run that failed, to be taken on again after a pause. */
  void failed(Run run, String node, String error, Instant again) {
    jdbc.update(
        "update process.reconciliation_run set attempt = attempt + 1, last_error = ?, due_at = ?,"
            + " claimed_by = null, claimed_until = null where run_id = ? and claimed_by = ?",
        error,
        Timestamp.from(again),
        run.runId(),
        node);
  }

  /**
   * A page, the latest first.
   *
   * @param beforeAt place of the last one of the page before; null for the first page
   */
  List<Run> page(Instant beforeAt, String before, int limit) {
    String select = "select " + COLUMNS + " from process.reconciliation_run ";
    String order = "order by created_at desc, run_id desc limit ?";
    return beforeAt == null
        ? jdbc.query(select + order, (rs, n) -> row(rs), limit)
        : jdbc.query(
            select + "where (created_at, run_id) < (?, ?) " + order,
            (rs, n) -> row(rs),
            Timestamp.from(beforeAt),
            before,
            limit);
  }

  private static Run row(ResultSet rs) throws SQLException {
    Timestamp ended = rs.getTimestamp("ended_at");
    return new Run(
        rs.getString("run_id"),
        rs.getString("started_by"),
        rs.getTimestamp("from_at").toInstant(),
        rs.getTimestamp("to_at").toInstant(),
        rs.getTimestamp("done_up_to").toInstant(),
        rs.getLong("charges"),
        rs.getLong("payments"),
        rs.getInt("attempt"),
        rs.getString("last_error"),
        rs.getTimestamp("created_at").toInstant(),
        ended == null ? null : ended.toInstant());
  }
}
