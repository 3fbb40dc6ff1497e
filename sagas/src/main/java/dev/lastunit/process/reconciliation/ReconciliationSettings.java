package dev.lastunit.process.reconciliation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code lastunit.reconciliation}.
 *
 * @param every how often a run is begun, an ISO 8601 duration of a second or more; {@code off} for
 *     never
 * @param lookback how far back a run of the schedule looks at least
 * @param settle how long a payment or charge is left alone after it changed, since it is being
 *     worked on
 * @param slice time that is compared at once where much was charged; its charges fit into memory
 * @param longestSlice the same where little was charged
 * @param attempts steps after which a difference that is still there is parked, 1 or more
 * @param deadline how long a difference may stay
 * @param poll how often it is looked for what is due
 */
@ConfigurationProperties("lastunit.reconciliation")
public record ReconciliationSettings(
    @DefaultValue("PT1H") String every,
    @DefaultValue("PT3H") Duration lookback,
    @DefaultValue("PT2M") Duration settle,
    @DefaultValue("PT1M") Duration slice,
    @DefaultValue("PT1H") Duration longestSlice,
    @DefaultValue("8") int attempts,
    @DefaultValue("P1D") Duration deadline,
    @DefaultValue("PT2S") Duration poll) {

  /** Checks what cannot be run with. */
  public ReconciliationSettings {
    if (attempts < 1 || slice.isNegative() || slice.isZero() || poll.toMillis() < 1) {
      throw new IllegalArgumentException(
          "lastunit.reconciliation: attempts, slice and poll must be more than zero");
    }
    if (!every.equals("off") && Duration.parse(every).compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "lastunit.reconciliation.every must be off or a second or more");
    }
  }

  /** Null when there is no schedule. */
  Duration interval() {
    return every.equals("off") ? null : Duration.parse(every);
  }
}
