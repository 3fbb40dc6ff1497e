package dev.lastunit.app.pages;

import dev.lastunit.app.security.SecurityPolicies;
import java.util.Map;
import org.springframework.http.HttpHeaders;

/**
 * What the security filters add to every answer, for the answers that are given before them. A test
 * holds the two against each other.
 */
final class PageHeaders {

  private static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "X-XSS-Protection", "0",
          "Referrer-Policy", "no-referrer",
          "Permissions-Policy", SecurityPolicies.PERMISSIONS,
          "Content-Security-Policy", SecurityPolicies.API);

  private PageHeaders() {}

  static void addTo(HttpHeaders headers) {
    HEADERS.forEach(headers::set);
  }
}
