package dev.lastunit.app.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The test tokens: what a card does, decided by its name alone, so that any run is repeatable. */
enum TestToken {
  /** Authorised at once. */
  OK("tok_ok", ChargeStatus.AUTHORISED, null),
  /** Declined at once, and kept in the books as declined. */
  DECLINED("tok_declined", ChargeStatus.DECLINED, null),
  /** Authorised; the answer is late. */
  SLOW("tok_slow", ChargeStatus.AUTHORISED, null),
  /** Pending; a webhook tells of the authorisation a moment later. */
  ASYNC("tok_async", ChargeStatus.PENDING, ChargeStatus.AUTHORISED),
  /** Pending; a webhook tells of the decline a moment later. */
  ASYNC_DECLINED("tok_async_declined", ChargeStatus.PENDING, ChargeStatus.DECLINED),
  /** Pending for ever. */
  NEVER("tok_never", ChargeStatus.PENDING, null),
  /** Authorised in the books, but no answer is ever given. */
  TIMEOUT_CHARGED("tok_timeout_charged", ChargeStatus.AUTHORISED, null),
  /** Nothing in the books, and no answer is ever given. */
  TIMEOUT_UNCHARGED("tok_timeout_uncharged", null, null),
  /**
   * A 500 for the first two requests of a reference, with nothing in the books; then authorised.
   */
  FLAKY("tok_flaky", ChargeStatus.AUTHORISED, null),
  /** Authorised at once; its webhooks come twice each, the first step's last. */
  WEBHOOK_TWICE("tok_webhook_twice", ChargeStatus.AUTHORISED, null);

  private static final List<String> WIRE_NAMES =
      Arrays.stream(values()).map(TestToken::wireName).toList();

  private final String wireName;
  private final @Nullable ChargeStatus firstStatus;
  private final @Nullable ChargeStatus decision;

  TestToken(String wireName, @Nullable ChargeStatus firstStatus, @Nullable ChargeStatus decision) {
    this.wireName = wireName;
    this.firstStatus = firstStatus;
    this.decision = decision;
  }

  /** The name on the wire and in the database. */
  String wireName() {
    return wireName;
  }

  /** What a new charge is; empty for the token that records nothing. */
  Optional<ChargeStatus> firstStatus() {
    return Optional.ofNullable(firstStatus);
  }

  /** What a pending charge is going to be; empty when nobody will ever decide it. */
  Optional<ChargeStatus> decision() {
    return Optional.ofNullable(decision);
  }

  /** All names, in the order of declaration. */
  static List<String> wireNames() {
    return WIRE_NAMES;
  }

  /** The token of this name, if there is one. */
  static Optional<TestToken> ofWireName(String wireName) {
    return Arrays.stream(values()).filter(token -> token.wireName.equals(wireName)).findFirst();
  }
}
