package dev.lastunit.app.security;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code lastunit.security}, for example {@code LASTUNIT_SECURITY_ROLES_CLAIM}.
 * Checked when read.
 *
 * @param rolesClaim where an external issuer's tokens carry the roles; dots lead into objects, for
 *     example {@code realm_access.roles}. Our own always use {@code roles}.
 * @param sessionLifetime how long a guest's token is accepted; 1 minute to 365 days
 * @param devTokenLifetime how long a development token is accepted; 1 minute to 30 days
 * @param allowedOrigins origins of browser pages that may call us from elsewhere, for example
 *     {@code https://shop.example}; empty (the default) for none
 */
@ConfigurationProperties("lastunit.security")
record SecurityProperties(
    @DefaultValue("roles") String rolesClaim,
    @DefaultValue("30d") Duration sessionLifetime,
    @DefaultValue("12h") Duration devTokenLifetime,
    @DefaultValue List<String> allowedOrigins) {

  private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s*]+");

  SecurityProperties {
    if (rolesClaim.isBlank()) {
      throw new IllegalArgumentException("lastunit.security.roles-claim is empty");
    }
    requireBetween("session-lifetime", sessionLifetime, Duration.ofDays(365));
    requireBetween("dev-token-lifetime", devTokenLifetime, Duration.ofDays(30));
    allowedOrigins = List.copyOf(allowedOrigins);
    for (String origin : allowedOrigins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "lastunit.security.allowed-origins has '"
                + origin
                + "', which is no origin such as https://shop.example");
      }
    }
  }

  private static void requireBetween(String name, Duration value, Duration most) {
    if (value.compareTo(Duration.ofMinutes(1)) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "lastunit.security." + name + " is " + value + ", allowed are PT1M to " + most);
    }
  }
}
