package dev.lastunit.process.payment;

import java.time.Duration;
import java.util.List;

/**
 * How patient the payment process is.
 *
 * @param askDelays pauses between the questions to a provider that was silent; when they are used
 *     up and it still knows of no charge, the payment is declined
 * @param firstRepost pause before a request is sent again after a fault, doubled each time
 * @param longestRepost bound of that pause
 * @param reposts how often it is sent again
 * @param firstPoll pause before a pending charge is asked for, doubled each time; webhooks are
 *     faster
 * @param longestPoll bound of that pause
 * @param lateChecks pauses before a payment that came to nothing is looked at again, since a charge
 *     may turn up late
 */
public record PaymentPolicy(
    List<Duration> askDelays,
    Duration firstRepost,
    Duration longestRepost,
    int reposts,
    Duration firstPoll,
    Duration longestPoll,
    List<Duration> lateChecks) {

  public PaymentPolicy {
    askDelays = List.copyOf(askDelays);
    lateChecks = List.copyOf(lateChecks);
  }

  /** Questions after 0.5, 1 and 2 s, polls from 5 s, late checks after 1 and 10 minutes. */
  public static PaymentPolicy defaults() {
    return new PaymentPolicy(
        List.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2)),
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        8,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        List.of(Duration.ofMinutes(1), Duration.ofMinutes(10)));
  }

  Duration repostDelay(int posts) {
    return doubled(firstRepost, longestRepost, posts);
  }

  Duration pollDelay(int polls) {
    return doubled(firstPoll, longestPoll, polls);
  }

  private static Duration doubled(Duration first, Duration longest, int times) {
    Duration delay = first.multipliedBy(1L << Math.min(times, 20));
    return delay.compareTo(longest) < 0 ? delay : longest;
  }
}
