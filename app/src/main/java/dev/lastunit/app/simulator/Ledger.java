package dev.lastunit.app.simulator;

import dev.lastunit.app.simulator.Step.Moving;
import dev.lastunit.app.simulator.Step.Opening;
import dev.lastunit.app.simulator.Step.Outcome;
import io.r2dbc.spi.Readable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The simulator's books in PostgreSQL. A step of a charge is on disk as a whole before it is
 * answered: the charge's new state, the entry with the idempotency key, and the webhooks to be
 * sent. What requests ask for goes through {@link StepWriter}; everything else is a statement of
 * its own.
 *
 * <p>Safe for any thread; never blocks; a connection is held for a statement, never across a wait.
 */
final class Ledger {

  /** Charges in one answer to a look-up by reference. */
  static final int MOST_LISTED = 100;

  private static final int DECISIONS_PER_ROUND = 100;

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

  /** One more than asked for is read, which tells whether more follow. */
  private static final String LIST =
      """
      select charge_id, reference, status, amount, amount_captured, amount_refunded, currency,
          decline_code, created_at
      from simulator.charge
      where created_at >= $1 and created_at < $2
        and ($3::timestamptz is null or (created_at, charge_id) > ($3, $4))
      order by created_at, charge_id limit $5
      """;

  private static final String REFUNDS =
      """
      select e.amount, c.currency, e.at, e.idempotency_key
      from simulator.entry e join simulator.charge c using (charge_id)
      where charge_id = $1 and e.kind = 'refunded' order by e.entry_no
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

  private final DatabaseClient database;
  private final Clock clock;
  private final StepWriter writer;

  /**
   * Books in a database.
   *
   * @param writer of the same database; stopped by its owner
   */
  Ledger(DatabaseClient database, Clock clock, StepWriter writer) {
    this.database = database;
    this.clock = clock;
    this.writer = writer;
  }

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
   * @return the outcome, or {@link Refusal} 422 for a key of another request, 503 when too much
   *     waits or the database fails
   */
  Mono<Outcome> open(ChargeRequest request, @Nullable String key) {
    return write(() -> new Opening(request, key));
  }

  /**
   * Moves a charge, or finds what this key has done.
   *
   * @param amount minor units; null for all there is
   * @param key the idempotency key; null moves each time that it is possible
   * @return the outcome, or {@link Refusal} 404 for an unknown charge, 409 for an impossible move,
   *     422 for a key of another request, 503 when too much waits or the database fails
   */
  Mono<Outcome> move(String chargeId, Move move, @Nullable Long amount, @Nullable String key) {
    return write(() -> new Moving(chargeId, move, amount, key));
  }

  private Mono<Outcome> write(Supplier<Step> step) {
    return Mono.fromFuture(() -> writer.submit(step.get()));
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

  /** What was given back of a charge, oldest first; empty also for a charge that is not known. */
  Flux<Refund> refunds(String chargeId) {
    return database
        .sql(REFUNDS)
        .bind(0, chargeId)
        .map(
            row ->
                new Refund(
                    Objects.requireNonNull(row.get("amount", Long.class)),
                    text(row, "currency"),
                    Objects.requireNonNull(row.get("at", OffsetDateTime.class)).toInstant(),
                    row.get("idempotency_key", String.class)))
        .all();
  }

  /**
   * Charges that were opened in a time, oldest first.
   *
   * @param to not among them
   * @param after the last one that is known already; null to begin with the oldest
   * @param limit how many at most
   */
  Flux<ListedCharge> list(Instant from, Instant to, ListedCharge.@Nullable Place after, int limit) {
    var spec = database.sql(LIST).bind(0, utc(from)).bind(1, utc(to));
    spec =
        after == null
            ? spec.bindNull(2, OffsetDateTime.class).bindNull(3, String.class)
            : spec.bind(2, utc(after.createdAt())).bind(3, after.chargeId());
    return spec.bind(4, limit)
        .map(
            row ->
                new ListedCharge(
                    charge(row),
                    Objects.requireNonNull(row.get("created_at", OffsetDateTime.class))
                        .toInstant()))
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
        .bind(2, StepBooks.DECLINE_CODE)
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

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static String hex(UUID id) {
    return id.toString().replace("-", "");
  }
}
