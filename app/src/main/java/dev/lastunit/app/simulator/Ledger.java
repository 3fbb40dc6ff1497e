package dev.lastunit.app.simulator;

import io.r2dbc.spi.Readable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.r2dbc.core.DatabaseClient.GenericExecuteSpec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The simulator's books in PostgreSQL. Every step of a charge is one statement, and so one
 * transaction: the charge's new state, the entry with the idempotency key, and the webhooks to be
 * sent. Two requests with one key cannot both pass the key's unique constraint; the one that fails
 * takes all of its statement back and is then answered from the other's entry.
 *
 * <p>Safe for any thread; never blocks; a connection is held for a statement, never across a wait.
 */
final class Ledger {

  /** Charges in one answer to a look-up by reference. */
  static final int MOST_LISTED = 100;

  /** Rounds of losing against other requests before a move is refused for good. */
  private static final int MOST_TRIES = 4;

  private static final int DECISIONS_PER_ROUND = 100;

  // Which webhooks a charge's own steps send: a kind may be named twice, for a duplicate.
  private static final String OPEN =
      """
      with opened as (
        insert into simulator.charge (reference, token, status, amount, amount_captured, currency,
            capture_at_once, decline_code, decision, decide_at, created_at, step_amount)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $4
        where not exists (select from simulator.entry where idempotency_key = $12)
        returning *),
      entries as (
        insert into simulator.entry (charge_id, kind, amount, status, amount_captured,
            amount_refunded, at, idempotency_key, fingerprint)
        select o.charge_id, s.kind, o.amount, s.kind,
            case when s.kind = 'captured' then o.amount else 0 end, 0, o.created_at,
            case when s.kind = o.status then $12 end, case when s.kind = o.status then $13 end
        from opened o cross join unnest($14::text[]) with ordinality s(kind, step)
        order by s.step
        returning entry_no, kind),
      deliveries as (
        insert into simulator.delivery (entry_no, due_at)
        select e.entry_no, $11 + w.delay_ms * interval '1 millisecond'
        from entries e join unnest($15::text[], $16::integer[]) w(kind, delay_ms)
          on w.kind = e.kind)
      select charge_id, reference, status, amount, amount_captured, amount_refunded, currency,
          decline_code
      from opened
      """;

  // The parts of a move that differ: the assignments, and the condition under which it is possible.
  private static final String MOVE =
      """
      with moved as (
        update simulator.charge c set %s
        where c.charge_id = $1 and %s
          and not exists (select from simulator.entry where idempotency_key = $3)
        returning c.*),
      entries as (
        insert into simulator.entry (charge_id, kind, amount, status, amount_captured,
            amount_refunded, at, idempotency_key, fingerprint)
        select m.charge_id, '%s', m.step_amount, m.status, m.amount_captured, m.amount_refunded,
            $5, $3, $4
        from moved m
        returning entry_no),
      deliveries as (
        insert into simulator.delivery (entry_no, due_at)
        select e.entry_no, $5 + w.delay_ms * interval '1 millisecond'
        from entries e, moved m join unnest($6::text[], $7::integer[]) w(token, delay_ms)
          on w.token = m.token
        returning delivery_id)
      select charge_id, reference, status, amount, amount_captured, amount_refunded, currency,
          decline_code, (select count(*) from deliveries) as webhooks
      from moved
      """;

  private static final String CAPTURE =
      MOVE.formatted(
          """
          status = 'captured', amount_captured = coalesce($2, c.amount),
              step_amount = coalesce($2, c.amount)\
          """,
          "c.status = 'authorised' and coalesce($2, c.amount) <= c.amount",
          "captured");

  private static final String REFUND =
      MOVE.formatted(
          """
          amount_refunded = c.amount_refunded
                + coalesce($2, c.amount_captured - c.amount_refunded),
              status = case when coalesce($2, c.amount_captured - c.amount_refunded)
                = c.amount_captured - c.amount_refunded then 'refunded' else 'captured' end,
              step_amount = coalesce($2, c.amount_captured - c.amount_refunded)\
          """,
          """
          c.status = 'captured'
              and coalesce($2, 0) <= c.amount_captured - c.amount_refunded\
          """,
          "refunded");

  private static final String VOID =
      MOVE.formatted(
          "status = 'voided', step_amount = c.amount, decision = null, decide_at = null",
          "c.status in ('pending', 'authorised') and $2::bigint is null",
          "voided");

  private static final String DECIDE =
      """
      with due as (
        select charge_id from simulator.charge
        where decide_at <= $1 order by decide_at limit $2 for update skip locked),
      decided as (
        update simulator.charge c set
            status = case when c.decision = 'authorised' and c.capture_at_once then 'captured'
              else c.decision end,
            amount_captured = case when c.decision = 'authorised' and c.capture_at_once
              then c.amount else 0 end,
            decline_code = case when c.decision = 'declined' then $3 end,
            decide_at = null
        from due where c.charge_id = due.charge_id and c.status = 'pending'
        returning c.charge_id, c.status, c.decision, c.amount),
      entries as (
        insert into simulator.entry (charge_id, kind, amount, status, amount_captured,
            amount_refunded, at)
        select d.charge_id, s.kind, d.amount, s.kind,
            case when s.kind = 'captured' then d.amount else 0 end, 0, $1
        from decided d
          join (values (1, 'authorised'), (1, 'declined'), (2, 'captured')) s(step, kind)
          on s.kind in (d.decision, d.status)
        order by d.charge_id, s.step
        returning entry_no),
      deliveries as (
        insert into simulator.delivery (entry_no, due_at) select entry_no, $1 from entries)
      select count(*) from decided
      """;

  private static final String FIND =
      """
      select charge_id, reference, status, amount, amount_captured, amount_refunded, currency,
          decline_code
      from simulator.charge
      """;

  private static final String FIRST_ANSWER =
      """
      select c.charge_id, c.reference, e.status, c.amount, e.amount_captured, e.amount_refunded,
          c.currency, case when e.status = 'declined' then c.decline_code end as decline_code,
          e.fingerprint
      from simulator.entry e join simulator.charge c using (charge_id)
      where e.idempotency_key = $1
      """;

  private static final String FLAKE =
      """
      insert into simulator.flake as f (reference, failures) values ($1, 1)
      on conflict (reference) do update set failures = f.failures + 1 where f.failures < $2
      returning failures
      """;

  private static final String CLAIM =
      """
      with due as (
        select delivery_id, due_at from simulator.delivery
        where state = 'waiting' and due_at <= $1
        order by due_at, delivery_id limit $2 for update skip locked)
      update simulator.delivery d set attempts = d.attempts + 1, due_at = $3
      from due, simulator.entry e, simulator.charge c
      where d.delivery_id = due.delivery_id and e.entry_no = d.entry_no
        and c.charge_id = e.charge_id
      returning d.delivery_id, d.attempts, e.event_id, e.kind, e.at, c.charge_id, c.reference,
          e.status, c.amount, e.amount_captured, e.amount_refunded, c.currency,
          case when e.status = 'declined' then c.decline_code end as decline_code
      """;

  private static final String SETTLE =
      """
      update simulator.delivery set state = $2, due_at = coalesce($3, due_at), last_result = $4
      where delivery_id = $1
      """;

  private static final int FLAKY_FAILURES = 2;
  private static final String DECLINE_CODE = "card_declined";

  private final DatabaseClient database;
  private final Clock clock;
  private final SimulatorSettings settings;

  Ledger(DatabaseClient database, Clock clock, SimulatorSettings settings) {
    this.database = database;
    this.clock = clock;
    this.settings = settings;
  }

  /**
   * What a request did.
   *
   * @param charge the charge right after the step, also when the step was long ago
   * @param replayed whether the step had been made by an earlier request with the same key
   * @param webhooks whether the step has webhooks to send
   */
  record Outcome(Charge charge, boolean replayed, boolean webhooks) {}

  /**
   * One try at delivering one webhook, leased to the caller until the time given to {@link #claim}.
   *
   * @param attempt which try this is, from 1
   * @param webhookId the same for every try and for a duplicate
   * @param kind the step, which names the event
   * @param at when the step was made
   * @param charge the charge right after the step
   */
  record Delivery(
      long deliveryId, int attempt, String webhookId, String kind, Instant at, Charge charge) {}

  /**
   * Opens a charge, or finds the one that this key has opened.
   *
   * @param key the idempotency key; null makes a new charge each time
   * @return the outcome, or {@link Refusal} 422 for a key of another request
   */
  Mono<Outcome> open(ChargeRequest request, @Nullable String key) {
    var token = request.token();
    var first = token.firstStatus().orElseThrow();
    var kinds = new ArrayList<String>();
    kinds.add(first.wireName());
    var captured = first == ChargeStatus.AUTHORISED && request.capture();
    if (captured) {
      kinds.add(ChargeStatus.CAPTURED.wireName());
    }
    var webhookKinds = new ArrayList<String>();
    var webhookDelays = new ArrayList<Integer>();
    if (token == TestToken.WEBHOOK_TWICE) {
      var late = millis(settings.lateWebhookDelay());
      var duplicate = millis(settings.duplicateDelay());
      for (var kind : kinds) {
        var delay = kind.equals(ChargeStatus.AUTHORISED.wireName()) ? late : 0;
        webhookKinds.addAll(List.of(kind, kind));
        webhookDelays.addAll(List.of(delay, delay + duplicate));
      }
    }
    var now = clock.instant();
    var spec =
        database
            .sql(OPEN)
            .bind(0, request.reference())
            .bind(1, token.wireName())
            .bind(2, kinds.getLast())
            .bind(3, request.amount())
            .bind(4, captured ? request.amount() : 0L)
            .bind(5, request.currency())
            .bind(6, request.capture());
    spec = bindNullable(spec, 7, first == ChargeStatus.DECLINED ? DECLINE_CODE : null);
    spec = bindNullable(spec, 8, token.decision().map(ChargeStatus::wireName).orElse(null));
    spec =
        token.decision().isPresent()
            ? spec.bind(9, utc(now.plus(settings.decisionDelay())))
            : spec.bindNull(9, OffsetDateTime.class);
    spec = spec.bind(10, utc(now));
    spec = bindNullable(spec, 11, key);
    spec = bindNullable(spec, 12, key == null ? null : request.fingerprint());
    spec =
        spec.bind(13, kinds.toArray(String[]::new))
            .bind(14, webhookKinds.toArray(String[]::new))
            .bind(15, webhookDelays.toArray(Integer[]::new));
    var made = spec.map(row -> new Outcome(charge(row), false, !webhookKinds.isEmpty())).one();
    return orFirstAnswer(made, key, request.fingerprint());
  }

  /**
   * Moves a charge, or finds what this key has done.
   *
   * @param amount minor units; null for all there is
   * @param key the idempotency key; null moves each time that it is possible
   * @return the outcome, or {@link Refusal} 404 for an unknown charge, 409 for an impossible move,
   *     422 for a key of another request
   */
  Mono<Outcome> move(String chargeId, Move move, @Nullable Long amount, @Nullable String key) {
    return move(chargeId, move, amount, key, MOST_TRIES);
  }

  private Mono<Outcome> move(
      String chargeId, Move move, @Nullable Long amount, @Nullable String key, int triesLeft) {
    var fingerprint = ChargeRequest.fingerprint(move, chargeId, amount);
    var tokens = new ArrayList<String>();
    var delays = new ArrayList<Integer>();
    if (settings.webhooksForMoves()) {
      var twice = TestToken.WEBHOOK_TWICE.wireName();
      tokens.addAll(
          List.of(TestToken.ASYNC.wireName(), TestToken.ASYNC_DECLINED.wireName(), twice, twice));
      delays.addAll(List.of(0, 0, 0, millis(settings.duplicateDelay())));
    }
    var spec =
        database
            .sql(
                switch (move) {
                  case CAPTURE -> CAPTURE;
                  case REFUND -> REFUND;
                  case VOID -> VOID;
                })
            .bind(0, chargeId);
    spec = amount != null ? spec.bind(1, amount) : spec.bindNull(1, Long.class);
    spec = bindNullable(spec, 2, key);
    spec = bindNullable(spec, 3, key == null ? null : fingerprint);
    spec =
        spec.bind(4, utc(clock.instant()))
            .bind(5, tokens.toArray(String[]::new))
            .bind(6, delays.toArray(Integer[]::new));
    var made =
        spec.map(
                row ->
                    new Outcome(
                        charge(row),
                        false,
                        Objects.requireNonNull(row.get("webhooks", Long.class)) > 0))
            .one();
    return orFirstAnswer(made, key, fingerprint)
        .switchIfEmpty(
            Mono.defer(
                () ->
                    find(chargeId)
                        .switchIfEmpty(Mono.error(() -> Refusal.chargeNotFound(chargeId)))
                        .flatMap(
                            charge -> {
                              var refusal = refusal(charge, move, amount);
                              if (refusal != null) {
                                return Mono.error(refusal);
                              }
                              // It has become possible since: somebody else moved it in between.
                              return triesLeft > 1
                                  ? move(chargeId, move, amount, key, triesLeft - 1)
                                  : Mono.error(Refusal.impossible(move, charge));
                            })));
  }

  /** Why the move is not possible for the charge as it is; null when it is possible. */
  private static @Nullable Refusal refusal(Charge charge, Move move, @Nullable Long amount) {
    return switch (move) {
      case CAPTURE -> {
        if (charge.status() != ChargeStatus.AUTHORISED) {
          yield Refusal.impossible(move, charge);
        }
        yield amount != null && amount > charge.amount()
            ? Refusal.tooMuch(move, charge.amount())
            : null;
      }
      case REFUND -> {
        if (charge.status() != ChargeStatus.CAPTURED) {
          yield Refusal.impossible(move, charge);
        }
        var left = charge.amountCaptured() - charge.amountRefunded();
        yield amount != null && amount > left ? Refusal.tooMuch(move, left) : null;
      }
      case VOID -> {
        if (charge.status() != ChargeStatus.PENDING && charge.status() != ChargeStatus.AUTHORISED) {
          yield Refusal.impossible(move, charge);
        }
        yield amount != null
            ? Refusal.invalid(
                List.of(new Refusal.Violation("amount", "a charge is voided as a whole")))
            : null;
      }
    };
  }

  /** The answer that the key has got already, when the step was not made because of it. */
  private Mono<Outcome> orFirstAnswer(
      Mono<Outcome> made, @Nullable String key, String fingerprint) {
    if (key == null) {
      return made;
    }
    var firstAnswer =
        database
            .sql(FIRST_ANSWER)
            .bind(0, key)
            .map(
                row -> {
                  if (!fingerprint.equals(row.get("fingerprint", String.class))) {
                    throw Refusal.keyReused();
                  }
                  return new Outcome(charge(row), true, false);
                })
            .one();
    return made.onErrorResume(
            DataIntegrityViolationException.class,
            // The key was taken while the statement ran. Any other violation is a fault of ours and
            // must not be taken for an answer.
            violation -> firstAnswer.switchIfEmpty(Mono.error(violation)))
        .switchIfEmpty(firstAnswer);
  }

  /** The charge of this id, or empty. */
  Mono<Charge> find(String chargeId) {
    return database.sql(FIND + "where charge_id = $1").bind(0, chargeId).map(Ledger::charge).one();
  }

  /** The charges of this reference, oldest first, at most {@value #MOST_LISTED}. */
  Flux<Charge> findByReference(String reference) {
    return database
        .sql(FIND + "where reference = $1 order by created_at, charge_id limit $2")
        .bind(0, reference)
        .bind(1, MOST_LISTED)
        .map(Ledger::charge)
        .all();
  }

  /**
   * Counts a request of a flaky card.
   *
   * @return whether this one has to fail: the first two of a reference do, for ever
   */
  Mono<Boolean> flakes(String reference) {
    return database
        .sql(FLAKE)
        .bind(0, reference)
        .bind(1, FLAKY_FAILURES)
        .map(row -> true)
        .one()
        .defaultIfEmpty(false);
  }

  /** Decides the pending charges that are due, a bounded number; how many is the answer. */
  Mono<Long> decide() {
    return database
        .sql(DECIDE)
        .bind(0, utc(clock.instant()))
        .bind(1, DECISIONS_PER_ROUND)
        .bind(2, DECLINE_CODE)
        .map(row -> Objects.requireNonNull(row.get(0, Long.class)))
        .one();
  }

  /**
   * Leases webhooks that are due, oldest first.
   *
   * @param most how many at most
   * @param lease how long nobody else gets them; when it ends unsettled they are due again
   */
  Flux<Delivery> claim(int most, Duration lease) {
    var now = clock.instant();
    return database
        .sql(CLAIM)
        .bind(0, utc(now))
        .bind(1, most)
        .bind(2, utc(now.plus(lease)))
        .map(
            row ->
                new Delivery(
                    Objects.requireNonNull(row.get("delivery_id", Long.class)),
                    Objects.requireNonNull(row.get("attempts", Integer.class)),
                    "msg_" + hex(Objects.requireNonNull(row.get("event_id", UUID.class))),
                    text(row, "kind"),
                    Objects.requireNonNull(row.get("at", OffsetDateTime.class)).toInstant(),
                    charge(row)))
        .all();
  }

  /** Marks a webhook as received. */
  Mono<Void> delivered(Delivery delivery, String result) {
    return settle(delivery, "delivered", null, result);
  }

  /** Lets a webhook wait for its next try. */
  Mono<Void> retry(Delivery delivery, Duration wait, String result) {
    return settle(delivery, "waiting", utc(clock.instant().plus(wait)), result);
  }

  /** Gives a webhook up. Its row stays, with what the last try met. */
  Mono<Void> abandoned(Delivery delivery, String result) {
    return settle(delivery, "abandoned", null, result);
  }

  private Mono<Void> settle(
      Delivery delivery, String state, @Nullable OffsetDateTime dueAt, String result) {
    var spec = database.sql(SETTLE).bind(0, delivery.deliveryId()).bind(1, state);
    spec = dueAt != null ? spec.bind(2, dueAt) : spec.bindNull(2, OffsetDateTime.class);
    return spec.bind(3, result).then();
  }

  private static Charge charge(Readable row) {
    return new Charge(
        text(row, "charge_id"),
        text(row, "reference"),
        ChargeStatus.ofWireName(text(row, "status")),
        Objects.requireNonNull(row.get("amount", Long.class)),
        Objects.requireNonNull(row.get("amount_captured", Long.class)),
        Objects.requireNonNull(row.get("amount_refunded", Long.class)),
        text(row, "currency"),
        row.get("decline_code", String.class));
  }

  private static String text(Readable row, String column) {
    return Objects.requireNonNull(row.get(column, String.class));
  }

  private static GenericExecuteSpec bindNullable(
      GenericExecuteSpec spec, int index, @Nullable String value) {
    return value != null ? spec.bind(index, value) : spec.bindNull(index, String.class);
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }

  private static String hex(UUID id) {
    return id.toString().replace("-", "");
  }
}
