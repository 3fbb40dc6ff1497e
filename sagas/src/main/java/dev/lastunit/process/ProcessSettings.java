package dev.lastunit.process;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the processes under {@code lastunit}.
 *
 * @param reservationTtl how long units are held for an unfinished order when the SKU's policy does
 *     not say
 * @param paymentTimeout how long one call to the payment provider may take
 * @param payment what concerns payment providers
 * @param process how the engine runs
 */
@ConfigurationProperties("lastunit")
public record ProcessSettings(
    @DefaultValue("PT15M") Duration reservationTtl,
    @DefaultValue("PT5S") Duration paymentTimeout,
    @DefaultValue Payment payment,
    @DefaultValue Process process) {

  /**
   * Settings under {@code lastunit.payment}.
   *
   * @param provider the provider that payments go to
   * @param grace how long after the end of a reservation an authorisation is still waited for
   * @param webhookSecrets secrets under which webhooks may be signed, {@code whsec_} and base64
   * @param askDelays pauses between the questions to a provider that was silent
   * @param lateChecks pauses before a payment that came to nothing is looked at again
   * @param poll pause before a pending charge is asked for, growing
   */
  public record Payment(
      @DefaultValue("simulator") String provider,
      @DefaultValue("PT2S") Duration grace,
      @DefaultValue List<String> webhookSecrets,
      @DefaultValue({"PT0.5S", "PT1S", "PT2S"}) List<Duration> askDelays,
      @DefaultValue({"PT1M", "PT10M"}) List<Duration> lateChecks,
      @DefaultValue("PT5S") Duration poll,
      @DefaultValue Simulator simulator) {}

  /**
   * Settings under {@code lastunit.payment.simulator}.
   *
   * @param baseUrl where the simulator is; null for this server itself
   */
  public record Simulator(URI baseUrl) {}

  /**
   * Settings under {@code lastunit.process}.
   *
   * @param maxInFlight instances of one process that run at a time on this node, 1 or more
   * @param attempts failed attempts after which an instance is parked, 1 or more
   * @param firstRetry wait after the first failure, doubled after each further one
   * @param longestRetry bound of that wait
   * @param lease how long a running instance is left to this node
   * @param poll how often the table is searched for what is due
   * @param young how long an instance that does well lives in memory before its state is stored
   * @param expiryPoll how often expired reservations are looked for
   */
  public record Process(
      @DefaultValue("1024") int maxInFlight,
      @DefaultValue("10") int attempts,
      @DefaultValue("PT0.5S") Duration firstRetry,
      @DefaultValue("PT1M") Duration longestRetry,
      @DefaultValue("PT30S") Duration lease,
      @DefaultValue("PT0.2S") Duration poll,
      @DefaultValue("PT1S") Duration young,
      @DefaultValue("PT0.25S") Duration expiryPoll) {}
}
