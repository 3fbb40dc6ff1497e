package dev.lastunit.process.reconciliation;

import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What was found under one reference: a row of {@code process.difference} at a version. A reference
 * has one row, whatever differs; its kind is what was found last.
 *
 * @param id the reference, or the charge's where that cannot stand in a path
 * @param runId the run that found it first
 * @param reference under which the provider has the charges
 * @param state how far it is
 * @param givingUp whether an operator has given it up, so that everything is to be undone
 * @param charge what the provider had; null for a payment without a charge
 * @param deadline until when it should be over
 * @param attempt how often it was tried to mend it
 * @param dueAt when it is looked at; null while it waits for a person or is over
 * @param parkedReason null unless parked or abandoned
 * @param history what happened, oldest first, at most {@value #HISTORY_LIMIT} lines
 * @param version grows with every write; 0 for one that is new
 */
record Difference(
    String id,
    String runId,
    String reference,
    DifferenceKind kind,
    State state,
    boolean givingUp,
    Charge charge,
    String ours,
    String theirs,
    Instant deadline,
    int attempt,
    Instant dueAt,
    String parkedReason,
    Instant parkedAt,
    String lastError,
    List<String> history,
    Instant foundAt,
    long version) {

  static final int HISTORY_LIMIT = 40;
  static final String ABANDONED = "abandoned";

  private static final Pattern FIT_FOR_A_PATH = Pattern.compile("[A-Za-z0-9_-]{1,160}");

  /** How far it is. */
  enum State {
    /** Seen in passing; looked at closely once there was time to settle. */
    SUSPECTED,
    /** Found, and being mended. */
    OPEN,
    /** Waits for an operator. */
    PARKED,
    /** Nothing differs any more. */
    HEALED,
    /** An operator gave it up and it could not be undone. */
    ABANDONED;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /** A suspicion, to be looked at once there was time to settle. */
  static Difference suspected(
      String runId, String reference, Comparison.Found found, Instant now, Instant dueAt) {
    return new Difference(
        FIT_FOR_A_PATH.matcher(reference).matches()
            ? reference
            : "charge-" + found.charge().chargeId(),
        runId,
        reference,
        found.kind(),
        State.SUSPECTED,
        false,
        found.charge(),
        found.ours(),
        found.theirs(),
        now,
        0,
        dueAt,
        null,
        null,
        null,
        List.of(),
        now,
        0);
  }

  /** Null when the reference cannot be that of an order. */
  OrderId orderId() {
    return orderId(reference);
  }

  static OrderId orderId(String reference) {
    return reference.isBlank() || reference.length() > 150 ? null : new OrderId(reference);
  }

  /** Null when the reference cannot be that of an order. */
  PaymentId paymentId() {
    OrderId order = orderId();
    return order == null ? null : PaymentId.of(order);
  }

  /** Who has to see to it: the service or the operators. */
  String owner() {
    return state == State.PARKED || state == State.ABANDONED ? "operators" : "service";
  }

  /** It is there indeed: being mended from now on. */
  Difference opened(Comparison.Found found, Instant now, Instant until) {
    boolean isNew = state == State.SUSPECTED;
    boolean changed = isNew || kind != found.kind();
    return new Difference(
        id,
        runId,
        reference,
        found.kind(),
        State.OPEN,
        givingUp,
        found.charge(),
        found.ours(),
        found.theirs(),
        isNew ? until : deadline,
        attempt,
        dueAt,
        null,
        null,
        lastError,
        changed
            ? with(
                now
                    + " found "
                    + found.kind().text()
                    + ": ours "
                    + found.ours()
                    + "; theirs "
                    + found.theirs())
            : history,
        isNew ? now : foundAt,
        version);
  }

  /** The same as it is after it was written. */
  Difference written() {
    return new Difference(
        id,
        runId,
        reference,
        kind,
        state,
        givingUp,
        charge,
        ours,
        theirs,
        deadline,
        attempt,
        dueAt,
        parkedReason,
        parkedAt,
        lastError,
        history,
        foundAt,
        version + 1);
  }

  /** The same with the charge as the provider has it now. */
  Difference with(Charge now) {
    return new Difference(
        id,
        runId,
        reference,
        kind,
        state,
        givingUp,
        now,
        ours,
        theirs,
        deadline,
        attempt,
        dueAt,
        parkedReason,
        parkedAt,
        lastError,
        history,
        foundAt,
        version);
  }

  /** A suspicion that could not be looked at, to be looked at later. */
  Difference suspectedUntil(Instant when, int attempts, String error) {
    return copy(State.SUSPECTED, givingUp, attempts, when, null, null, error, history);
  }

  /** To be looked at again. */
  Difference again(int attempts, Instant when, String error, String line) {
    return copy(State.OPEN, givingUp, attempts, when, null, null, error, with(line));
  }

  Difference parked(String reason, String error, Instant now) {
    return copy(
        State.PARKED,
        givingUp,
        attempt,
        null,
        reason,
        now,
        error,
        with(now + " parked, " + reason + (error == null ? "" : ": " + error)));
  }

  Difference healed(Instant now) {
    return copy(
        State.HEALED,
        givingUp,
        attempt,
        null,
        null,
        null,
        null,
        with(now + " nothing differs any more"));
  }

  Difference abandoned(String why, Instant now) {
    return copy(
        State.ABANDONED,
        true,
        attempt,
        null,
        ABANDONED,
        now,
        lastError,
        with(now + " abandoned: " + why));
  }

  /** By an operator. */
  Difference retried(Instant now) {
    return copy(
        State.OPEN,
        false,
        0,
        now,
        null,
        null,
        lastError,
        with(now + " tried again by an operator"));
  }

  /** By an operator. */
  Difference givenUp(Instant now) {
    return copy(
        State.OPEN, true, 0, now, null, null, lastError, with(now + " given up by an operator"));
  }

  private Difference copy(
      State nextState,
      boolean nextGivingUp,
      int nextAttempt,
      Instant nextDueAt,
      String nextParkedReason,
      Instant nextParkedAt,
      String nextError,
      List<String> nextHistory) {
    return new Difference(
        id,
        runId,
        reference,
        kind,
        nextState,
        nextGivingUp,
        charge,
        ours,
        theirs,
        deadline,
        nextAttempt,
        nextDueAt,
        nextParkedReason,
        nextParkedAt,
        nextError,
        nextHistory,
        foundAt,
        version);
  }

  private List<String> with(String line) {
    List<String> next = new ArrayList<>(history);
    next.add(line);
    return List.copyOf(next.subList(Math.max(0, next.size() - HISTORY_LIMIT), next.size()));
  }
}
