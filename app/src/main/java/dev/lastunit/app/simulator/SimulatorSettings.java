package dev.lastunit.app.simulator;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code lastunit.simulator}. Whether there is a simulator at all is {@code
 * lastunit.simulator.enabled}, see {@link SimulatorEnabled}.
 *
 * @param webhookUrl where webhooks go; by default this server's own {@code
 *     http://127.0.0.1:<port>/v1/payments/webhooks/simulator}. To be set when the server speaks TLS
 *     or does not listen on the loopback interface.
 * @param webhooksForMoves whether captures, voids and refunds of the webhook tokens' charges send
 *     webhooks, or only decisions and authorisations do
 * @param webhookTimeout how long one try may take; default 5 s
 * @param webhookAttempts tries before a webhook is marked abandoned, 1 to 100; default 12, which
 *     with the other defaults gives a receiver about six minutes to come back
 * @param webhookFirstRetry wait after the first failure, doubled after each further one; default 1
 *     s
 * @param webhookLongestRetry bound of that wait; default 1 min
 * @param slowAnswer how late {@code tok_slow} answers; default 800 ms
 * @param decisionDelay how long {@code tok_async} stays pending; default 1 s
 * @param lateWebhookDelay how late the first step's webhooks of {@code tok_webhook_twice} are;
 *     default 2 s
 * @param duplicateDelay between a webhook of {@code tok_webhook_twice} and its duplicate; default
 *     250 ms
 * @param hold how long a request that is never answered is held open before it ends in a 504;
 *     default 1 min
 */
@ConfigurationProperties("lastunit.simulator")
record SimulatorSettings(
    @Nullable URI webhookUrl,
    @DefaultValue("true") boolean webhooksForMoves,
    @DefaultValue("5s") Duration webhookTimeout,
    @DefaultValue("12") int webhookAttempts,
    @DefaultValue("1s") Duration webhookFirstRetry,
    @DefaultValue("1m") Duration webhookLongestRetry,
    @DefaultValue("800ms") Duration slowAnswer,
    @DefaultValue("1s") Duration decisionDelay,
    @DefaultValue("2s") Duration lateWebhookDelay,
    @DefaultValue("250ms") Duration duplicateDelay,
    @DefaultValue("1m") Duration hold) {

  SimulatorSettings {
    if (webhookAttempts < 1 || webhookAttempts > 100) {
      throw new IllegalArgumentException(
          "lastunit.simulator.webhook-attempts must be 1 to 100, not " + webhookAttempts);
    }
    if (webhookTimeout.isNegative() || webhookTimeout.isZero()) {
      throw new IllegalArgumentException(
          "lastunit.simulator.webhook-timeout must be positive, not " + webhookTimeout);
    }
  }
}
