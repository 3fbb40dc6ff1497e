package dev.lastunit.ordering.command.web;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code Prefer: wait=<seconds>} (RFC 7240). */
final class WaitPreference {

  /** Without a preference; from the contract. */
  static final Duration DEFAULT = Duration.ofSeconds(2);

  /** What is asked beyond is granted up to here; from the contract. */
  static final Duration MAX = Duration.ofSeconds(30);

  private static final Pattern FORM =
      Pattern.compile("\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*", Pattern.CASE_INSENSITIVE);

  private WaitPreference() {}

  /**
   * The preference, at most {@link #MAX}. As the standard asks, the first counts, and one that
   * cannot be read is as good as none.
   *
   * @param headers all values of {@code Prefer}
   */
  static Optional<Duration> of(List<String> headers) {
    for (var header : headers) {
      for (var preference : header.split(",")) {
        var matcher = FORM.matcher(preference.split(";", 2)[0]);
        if (matcher.matches()) {
          var wanted = Duration.ofSeconds(Long.parseLong(matcher.group(1)));
          return Optional.of(wanted.compareTo(MAX) > 0 ? MAX : wanted);
        }
      }
    }
    return Optional.empty();
  }
}
