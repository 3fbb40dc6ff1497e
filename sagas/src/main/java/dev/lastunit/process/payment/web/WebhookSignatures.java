package dev.lastunit.process.payment.web;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks signatures of the Standard Webhooks scheme: HMAC-SHA256 over {@code id.timestamp.body} in
 * base64, prefixed with {@code v1,}; a header may hold several, separated by spaces, of which one
 * must be right under one of the secrets. Safe for several threads; does not block.
 */
final class WebhookSignatures {

  /** How far a webhook's time may be from ours; the scheme's customary value. */
  static final Duration TOLERANCE = Duration.ofSeconds(300);

  private static final String ALGORITHM = "HmacSHA256";
  private static final String SECRET_PREFIX = "whsec_";
  private static final String VERSION = "v1,";

  private final Supplier<List<String>> secrets;
  private final Clock clock;

  /**
   * @param secrets {@code whsec_} and base64 of the key, or the base64 alone; during a change both
   *     the old and the new one
   */
  WebhookSignatures(Supplier<List<String>> secrets, Clock clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Whether a webhook is genuine and fresh.
   *
   * @param id header {@code webhook-id}; may be null, and then it is not genuine, like the others
   * @param timestamp header {@code webhook-timestamp}, seconds since the epoch
   * @param signatures header {@code webhook-signature}
   * @param body exactly as it came
   */
  boolean genuine(String id, String timestamp, String signatures, byte[] body) {
    if (id == null || id.isBlank() || signatures == null || !fresh(timestamp)) {
      return false;
    }
    List<byte[]> given =
        Stream.of(signatures.trim().split(" +"))
            .filter(one -> one.startsWith(VERSION))
            .map(one -> one.substring(VERSION.length()).getBytes(StandardCharsets.US_ASCII))
            .toList();
    boolean found = false;
    for (String secret : secrets.get()) {
      byte[] expected = sign(secret, id, timestamp, body);
      for (byte[] one : given) {
        // All are compared, each in constant time, so that time tells nothing about the right one.
        found |= MessageDigest.isEqual(expected, one);
      }
    }
    return found;
  }

  private boolean fresh(String timestamp) {
    try {
      Instant at = Instant.ofEpochSecond(Long.parseLong(timestamp));
      return Duration.between(at, clock.instant()).abs().compareTo(TOLERANCE) <= 0;
    } catch (RuntimeException notATime) {
      return false;
    }
  }

  private static byte[] sign(String secret, String id, String timestamp, byte[] body) {
    String key =
        secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret;
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(key), ALGORITHM));
      mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encode(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
    }
  }
}
