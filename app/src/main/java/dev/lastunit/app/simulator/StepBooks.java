package dev.lastunit.app.simulator;

import dev.lastunit.app.simulator.Step.Moving;
import dev.lastunit.app.simulator.Step.Opening;
import dev.lastunit.app.simulator.Step.Outcome;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The statements that write steps, any number at a time: new charges are one statement, moves
 * another. A statement writes the charges' new states, the entries with the idempotency keys, and
 * the webhooks to be sent. All of a call is one transaction, on disk when the call returns.
 *
 * <p>Blocks. To be used by one thread; a connection is held for a call.
 */
final class StepBooks {

  static final String DECLINE_CODE = "card_declined";

  // The planner sees through an array but not through a subquery. A plan made for exactly one step
  // would be cheaper than the general one in its eyes, and so it would plan again for every group.
  private static final String OPEN =
      """
      with asked as (
        select a.*, g.at, g.decide_at
        from unnest((select ?::text[]), ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[],
              ?::boolean[], ?::text[], ?::text[], ?::text[])
            with ordinality a(charge_id, reference, token, status, amount, currency,
              capture_at_once, decision, idempotency_key, fingerprint, line),
          (select ?::timestamptz, ?::timestamptz) g(at, decide_at)
        where not exists (
          select from simulator.entry e where e.idempotency_key = a.idempotency_key)),
      opened as (
        insert into simulator.charge (charge_id, reference, token, status, amount,
            amount_captured, currency, capture_at_once, decline_code, decision, decide_at,
            created_at, step_amount)
        select charge_id, reference, token, status, amount,
            case status when 'captured' then amount else 0 end, currency, capture_at_once,
            case status when 'declined' then ?::text end, decision,
            case when decision is not null then decide_at end, at, amount
        from asked),
      entries as (
        insert into simulator.entry (event_id, charge_id, kind, amount, status, amount_captured,
            amount_refunded, at, idempotency_key, fingerprint)
        select case when a.token = any(?::text[]) then gen_random_uuid() end, a.charge_id, s.kind,
            a.amount, s.kind, case s.kind when 'captured' then a.amount else 0 end, 0, a.at,
            case when s.kind = a.status then a.idempotency_key end,
            case when s.kind = a.status then a.fingerprint end
        from asked a
          join (values (1, 'pending'), (1, 'authorised'), (1, 'declined'), (2, 'captured'))
              s(step, kind)
            on s.kind = a.status or s.kind = 'authorised' and a.status = 'captured'
        order by a.line, s.step
        returning entry_no, charge_id, kind, event_id, at),
      deliveries as (
        insert into simulator.delivery (entry_no, due_at)
        select e.entry_no, e.at + w.delay_ms * interval '1 millisecond'
        from entries e join asked a using (charge_id)
          join unnest(?::text[], ?::text[], ?::integer[]) w(token, kind, delay_ms)
            on w.token = a.token and w.kind = e.kind
        where e.event_id is not null)
      select line from asked
      """;

  private static final String MOVE =
      """
      with asked as (
        select a.*, g.at
        from unnest((select ?::text[]), ?::text[], ?::bigint[], ?::text[], ?::text[])
            with ordinality a(charge_id, kind, amount, idempotency_key, fingerprint, line),
          (select ?::timestamptz) g(at)
        where not exists (
          select from simulator.entry e where e.idempotency_key = a.idempotency_key)),
      moved as (
        update simulator.charge c set
            status = case
              when a.kind <> 'refunded' then a.kind
              when coalesce(a.amount, c.amount_captured - c.amount_refunded)
                = c.amount_captured - c.amount_refunded then 'refunded'
              else 'captured' end,
            amount_captured = case a.kind
              when 'captured' then coalesce(a.amount, c.amount) else c.amount_captured end,
            amount_refunded = case a.kind
              when 'refunded' then c.amount_refunded
                + coalesce(a.amount, c.amount_captured - c.amount_refunded)
              else c.amount_refunded end,
            step_amount = coalesce(a.amount, case a.kind
              when 'refunded' then c.amount_captured - c.amount_refunded else c.amount end),
            decision = case when a.kind <> 'voided' then c.decision end,
            decide_at = case when a.kind <> 'voided' then c.decide_at end
        from asked a
        where c.charge_id = a.charge_id and case a.kind
          when 'captured' then c.status = 'authorised' and coalesce(a.amount, c.amount) <= c.amount
          when 'refunded' then c.status = 'captured'
            and coalesce(a.amount, 0) <= c.amount_captured - c.amount_refunded
          when 'voided' then c.status in ('pending', 'authorised') and a.amount is null end
        returning a.line, a.kind, a.at, a.idempotency_key, a.fingerprint, c.*),
      entries as (
        insert into simulator.entry (event_id, charge_id, kind, amount, status, amount_captured,
            amount_refunded, at, idempotency_key, fingerprint)
        select case when token = any(?::text[]) then gen_random_uuid() end, charge_id, kind,
            step_amount, status, amount_captured, amount_refunded, at, idempotency_key, fingerprint
        from moved
        returning entry_no, charge_id, event_id, at),
      deliveries as (
        insert into simulator.delivery (entry_no, due_at)
        select e.entry_no, e.at + w.delay_ms * interval '1 millisecond'
        from entries e join moved m using (charge_id)
          join unnest(?::text[], ?::integer[]) w(token, delay_ms) on w.token = m.token
        where e.event_id is not null)
      select charge_id, reference, status, amount, amount_captured, amount_refunded, currency,
          decline_code, line, token
      from moved
      """;

  private static final String FIRST_ANSWERS =
      """
      select c.charge_id, c.reference, e.status, c.amount, e.amount_captured, e.amount_refunded,
          c.currency, case when e.status = 'declined' then c.decline_code end,
          e.idempotency_key, e.fingerprint
      from simulator.entry e join simulator.charge c using (charge_id)
      where e.idempotency_key = any(?::text[])
      """;

  private static final String CHARGES =
      """
      select charge_id, reference, status, amount, amount_captured, amount_refunded, currency,
          decline_code
      from simulator.charge
      where charge_id = any(?::text[])
      """;

  private static final String UNIQUE_VIOLATION = "23505";
  private static final HexFormat HEX = HexFormat.of();

  private final DataSource dataSource;
  private final Clock clock;
  private final SimulatorSettings settings;
  private final WebhookPlan webhooks;
  private final SecureRandom random = new SecureRandom();

  StepBooks(DataSource dataSource, Clock clock, SimulatorSettings settings) {
    this.dataSource = dataSource;
    this.clock = clock;
    this.settings = settings;
    this.webhooks = WebhookPlan.of(settings);
  }

  /** Nothing of a call was written, for certain: each of its steps may be tried again. */
  static final class NotWrittenException extends Exception {

    private static final long serialVersionUID = 1L;

    NotWrittenException(SQLException cause) {
      super(cause);
    }

    /** Whether a key was taken by another node meanwhile. */
    boolean keyTaken() {
      return getCause() instanceof SQLException cause
          && UNIQUE_VIOLATION.equals(cause.getSQLState());
    }
  }

  /**
   * The entry of a key.
   *
   * @param charge as it was right after the entry's step
   * @param fingerprint of the request that the key belongs to
   */
  record FirstAnswer(Charge charge, String fingerprint) {}

  /**
   * Writes those steps whose key is free and whose move is possible.
   *
   * @param steps no two of one key, and no two moves of one charge
   * @return in the order of the steps what each did; null for one that was not written
   * @throws NotWrittenException when the database refuses any of them, and so all
   * @throws SQLException when the database is out of reach; whether the steps were written is not
   *     known then
   */
  List<@Nullable Outcome> write(List<? extends Step> steps)
      throws NotWrittenException, SQLException {
    var outcomes = new @Nullable Outcome[steps.size()];
    var openings = new ArrayList<Integer>();
    var movings = new ArrayList<Integer>();
    for (var i = 0; i < steps.size(); i++) {
      (steps.get(i) instanceof Opening ? openings : movings).add(i);
    }
    try (var connection = dataSource.getConnection()) {
      // A statement alone is a transaction already, and saves the round trip of a commit.
      var several = !openings.isEmpty() && !movings.isEmpty();
      try {
        if (several) {
          connection.setAutoCommit(false);
        }
        open(connection, steps, openings, outcomes);
        move(connection, steps, movings, outcomes);
        if (several) {
          connection.commit();
        }
      } catch (SQLException failure) {
        if (wasRolledBack(connection, several)) {
          throw new NotWrittenException(failure);
        }
        throw failure;
      }
    }
    return Arrays.asList(outcomes);
  }

  /** A connection that still answers after a failure has answered that there was no commit. */
  private static boolean wasRolledBack(Connection connection, boolean several) {
    try {
      if (several) {
        connection.rollback();
      }
      return !connection.isClosed();
    } catch (SQLException lost) {
      return false;
    }
  }

  private void open(
      Connection connection,
      List<? extends Step> steps,
      List<Integer> lines,
      @Nullable Outcome[] outcomes)
      throws SQLException {
    if (lines.isEmpty()) {
      return;
    }
    var count = lines.size();
    var now = clock.instant();
    var charges = new Charge[count];
    var tokens = new String[count];
    var captures = new Boolean[count];
    var decisions = new @Nullable String[count];
    var keys = new @Nullable String[count];
    var fingerprints = new @Nullable String[count];
    for (var i = 0; i < count; i++) {
      var opening = (Opening) steps.get(lines.get(i));
      var request = opening.request();
      var status = opening.status();
      charges[i] =
          new Charge(
              chargeId(now, i),
              request.reference(),
              status,
              request.amount(),
              status == ChargeStatus.CAPTURED ? request.amount() : 0,
              0,
              request.currency(),
              status == ChargeStatus.DECLINED ? DECLINE_CODE : null);
      tokens[i] = request.token().wireName();
      captures[i] = request.capture();
      decisions[i] = request.token().decision().map(ChargeStatus::wireName).orElse(null);
      keys[i] = opening.key();
      fingerprints[i] = opening.fingerprint();
    }
    try (var statement = connection.prepareStatement(OPEN)) {
      var bind = new Binder(connection, statement);
      bind.texts(texts(charges, Charge::chargeId));
      bind.texts(texts(charges, Charge::reference));
      bind.texts(tokens);
      bind.texts(texts(charges, charge -> charge.status().wireName()));
      bind.array("int8", Arrays.stream(charges).map(Charge::amount).toArray(Long[]::new));
      bind.texts(texts(charges, Charge::currency));
      bind.array("bool", captures);
      bind.texts(decisions);
      bind.texts(keys);
      bind.texts(fingerprints);
      bind.time(now);
      bind.time(now.plus(settings.decisionDelay()));
      bind.text(DECLINE_CODE);
      bind.texts(webhooks.openingTokens());
      bind.texts(webhooks.openingTokens());
      bind.texts(webhooks.openingKinds());
      bind.array("int4", webhooks.openingDelays());
      for (var row : rows(statement, StepBooks::line)) {
        outcomes[lines.get(row)] =
            new Outcome(charges[row], false, webhooks.areSentAtOpening(tokens[row]));
      }
    }
  }

  private record Moved(int line, Charge charge, String token) {}

  private void move(
      Connection connection,
      List<? extends Step> steps,
      List<Integer> lines,
      @Nullable Outcome[] outcomes)
      throws SQLException {
    if (lines.isEmpty()) {
      return;
    }
    var count = lines.size();
    var chargeIds = new String[count];
    var kinds = new String[count];
    var amounts = new @Nullable Long[count];
    var keys = new @Nullable String[count];
    var fingerprints = new @Nullable String[count];
    for (var i = 0; i < count; i++) {
      var moving = (Moving) steps.get(lines.get(i));
      chargeIds[i] = moving.chargeId();
      kinds[i] = moving.move().pastTense();
      amounts[i] = moving.amount();
      keys[i] = moving.key();
      fingerprints[i] = moving.fingerprint();
    }
    try (var statement = connection.prepareStatement(MOVE)) {
      var bind = new Binder(connection, statement);
      bind.texts(chargeIds);
      bind.texts(kinds);
      bind.array("int8", amounts);
      bind.texts(keys);
      bind.texts(fingerprints);
      bind.time(clock.instant());
      bind.texts(webhooks.moveTokens());
      bind.texts(webhooks.moveTokens());
      bind.array("int4", webhooks.moveDelays());
      var moved =
          rows(statement, row -> new Moved(row.getInt(9) - 1, charge(row), row.getString(10)));
      for (var row : moved) {
        outcomes[lines.get(row.line())] =
            new Outcome(row.charge(), false, webhooks.areSentAtMoves(row.token()));
      }
    }
  }

  /** The entries of those keys that have one, by key. */
  Map<String, FirstAnswer> firstAnswers(Collection<String> keys) throws SQLException {
    var found = new HashMap<String, FirstAnswer>();
    if (!keys.isEmpty()) {
      query(
          FIRST_ANSWERS,
          keys,
          row -> found.put(row.getString(9), new FirstAnswer(charge(row), row.getString(10))));
    }
    return found;
  }

  /** The charges of those identifiers that have one, by identifier. */
  Map<String, Charge> charges(Set<String> chargeIds) throws SQLException {
    var found = new HashMap<String, Charge>();
    if (!chargeIds.isEmpty()) {
      query(CHARGES, chargeIds, row -> found.put(row.getString(1), charge(row)));
    }
    return found;
  }

  private <T> void query(String sql, Collection<String> names, Reader<T> reader)
      throws SQLException {
    try (var connection = dataSource.getConnection();
        var statement = connection.prepareStatement(sql)) {
      new Binder(connection, statement).texts(names.toArray(String[]::new));
      rows(statement, reader);
    }
  }

  private interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static <T> List<T> rows(PreparedStatement statement, Reader<T> reader)
      throws SQLException {
    var rows = statement.executeQuery();
    // What the database has done it is not asked to do again because its answer cannot be read.
    try {
      var read = new ArrayList<T>();
      while (rows.next()) {
        read.add(reader.read(rows));
      }
      return read;
    } catch (SQLException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  private static int line(ResultSet row) throws SQLException {
    return row.getInt(1) - 1;
  }

  private static Charge charge(ResultSet row) throws SQLException {
    return new Charge(
        row.getString(1),
        row.getString(2),
        ChargeStatus.ofWireName(row.getString(3)),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getString(7),
        row.getString(8));
  }

  private static String[] texts(Charge[] charges, Function<Charge, String> part) {
    var texts = new String[charges.length];
    for (var i = 0; i < texts.length; i++) {
      texts[i] = part.apply(charges[i]);
    }
    return texts;
  }

  /** Time and place in the group first, so that new charges share the last page of their index. */
  private String chargeId(Instant now, int line) {
    return "ch_"
        + HEX.toHexDigits(now.toEpochMilli(), 12)
        + HEX.toHexDigits((short) line)
        + HEX.toHexDigits(random.nextLong());
  }

  /** Sets the parameters of a statement from the first to the last. */
  private static final class Binder {

    private final Connection connection;
    private final PreparedStatement statement;
    private int last;

    Binder(Connection connection, PreparedStatement statement) {
      this.connection = connection;
      this.statement = statement;
    }

    void text(String value) throws SQLException {
      statement.setString(++last, value);
    }

    void time(Instant value) throws SQLException {
      statement.setObject(++last, value.atOffset(ZoneOffset.UTC));
    }

    void texts(@Nullable String[] values) throws SQLException {
      array("text", values);
    }

    void array(String type, @Nullable Object[] values) throws SQLException {
      statement.setArray(++last, connection.createArrayOf(type, values));
    }
  }
}
