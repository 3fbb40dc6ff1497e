package dev.lastunit.app.startup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * Lastunit's own settings, read from {@code lastunit.*} or the environment ({@code
 * LASTUNIT_DATA_DIR}, {@code LASTUNIT_RESERVATION_TTL}, …). Checked when read: a bad one ends the
 * start with a line that names it.
 *
 * @param dataDir where the embedded database and the logs live
 * @param reservationTtl how long units stay reserved for an unfinished order; 1 s to 30 days
 * @param paymentTimeout how long one call to the payment provider may take; 10 ms to 10 minutes
 * @param roles what this node does; {@code all}, or some of {@code command}, {@code query}, {@code
 *     projection}, {@code saga}
 * @param rateLimit requests a second for one subject, 1 or more, or {@code off}
 * @param demo whether the payment simulator and the development tokens are there although the
 *     database is an external one
 * @param demoLoad whether a small catalogue with stock is loaded at the start; from {@code --demo}
 */
@ConfigurationProperties("lastunit")
public record LastunitProperties(
    @DefaultValue("./data") Path dataDir,
    @DefaultValue("PT15M") Duration reservationTtl,
    @DefaultValue("PT5S") Duration paymentTimeout,
    @DefaultValue("all") Set<String> roles,
    @DefaultValue("500") String rateLimit,
    @DefaultValue("false") boolean demo,
    @Name("demo.load") @DefaultValue("false") boolean demoLoad) {

  private static final List<String> KNOWN_ROLES =
      List.of("all", "command", "query", "projection", "saga");

  /** Refuses values out of bounds, naming the setting. */
  public LastunitProperties {
    dataDir = dataDir.toAbsolutePath().normalize();
    requireBetween("reservation-ttl", reservationTtl, Duration.ofSeconds(1), Duration.ofDays(30));
    requireBetween(
        "payment-timeout", paymentTimeout, Duration.ofMillis(10), Duration.ofMinutes(10));
    if (roles.isEmpty() || !KNOWN_ROLES.containsAll(roles)) {
      throw new IllegalArgumentException("lastunit.roles is " + roles + ", known: " + KNOWN_ROLES);
    }
    roles = Set.copyOf(roles);
    rateLimit = rateLimit.strip().toLowerCase(Locale.ROOT);
    if (!rateLimit.equals("off") && !rateLimit.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "lastunit.rate-limit is '" + rateLimit + "', neither a number from 1 nor off");
    }
  }

  /**
   * The limit of requests for one subject.
   *
   * @return requests a second; empty when there is no limit
   */
  public OptionalInt requestsPerSecond() {
    return rateLimit.equals("off")
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(rateLimit));
  }

  /**
   * Whether this node has a role.
   *
   * @param role one of the known roles
   * @return true when it was given by name or by {@code all}
   */
  public boolean hasRole(String role) {
    return roles.contains("all") || roles.contains(role);
  }

  private static void requireBetween(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "lastunit." + name + " is " + value + ", allowed are " + least + " to " + most);
    }
  }
}
