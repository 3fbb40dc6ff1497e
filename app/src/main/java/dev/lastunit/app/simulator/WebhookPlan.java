package dev.lastunit.app.simulator;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Which steps of which tokens' charges send webhooks, and how long after the step. One row for each
 * webhook, as parallel arrays for the statements; two rows for one step are a duplicate.
 *
 * @param openingTokens the tokens of webhooks that are sent when a charge is opened
 * @param openingKinds the entries that they tell of
 * @param openingDelays milliseconds
 * @param moveTokens the tokens of webhooks that are sent at every move
 * @param moveDelays milliseconds
 */
record WebhookPlan(
    String[] openingTokens,
    String[] openingKinds,
    Integer[] openingDelays,
    String[] moveTokens,
    Integer[] moveDelays) {

  /** The plan by these settings. */
  static WebhookPlan of(SimulatorSettings settings) {
    var twice = TestToken.WEBHOOK_TWICE.wireName();
    var authorised = ChargeStatus.AUTHORISED.wireName();
    var captured = ChargeStatus.CAPTURED.wireName();
    var late = millis(settings.lateWebhookDelay());
    var duplicate = millis(settings.duplicateDelay());
    var moves =
        settings.webhooksForMoves()
            ? List.of(TestToken.ASYNC.wireName(), TestToken.ASYNC_DECLINED.wireName(), twice, twice)
            : List.<String>of();
    return new WebhookPlan(
        new String[] {twice, twice, twice, twice},
        new String[] {authorised, authorised, captured, captured},
        new Integer[] {late, late + duplicate, 0, duplicate},
        moves.toArray(String[]::new),
        moves.isEmpty() ? new Integer[0] : new Integer[] {0, 0, 0, duplicate});
  }

  boolean areSentAtOpening(String token) {
    return Arrays.asList(openingTokens).contains(token);
  }

  boolean areSentAtMoves(String token) {
    return Arrays.asList(moveTokens).contains(token);
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
