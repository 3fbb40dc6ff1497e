package dev.lastunit.ordering.command;

import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives the identifier of an order from who orders and the idempotency key, so that the event
 * store's uniqueness of the order's first event is the deduplication (ADR 0003). A keyed hash:
 * nobody can tell the key from the identifier, nor another's identifier from a key that they guess.
 *
 * <p>Threads: safe for all, never blocks.
 */
public final class OrderIds {

  private static final String ALGORITHM = "HmacSHA256";

  /** Crockford's base 32: no letter that reads like a digit. */
  private static final char[] DIGITS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

  /** 130 bits; two purchases never meet by chance. */
  private static final int LENGTH = 26;

  private final SecretKeySpec secret;

  public OrderIds(OrderIdSecret secret) {
    this.secret = new SecretKeySpec(secret.value(), ALGORITHM);
  }

  /**
   * The identifier of the purchase that a customer makes under a key.
   *
   * @param key visible ASCII; therefore the last NUL parts the two without doubt
   */
  public OrderId of(CustomerId customer, String key) {
    return new OrderId("ord-" + base32(hash(customer.value() + '\0' + key)));
  }

  private byte[] hash(String text) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("Every Java platform has " + ALGORITHM, e);
    }
  }

  private static String base32(byte[] hash) {
    var text = new StringBuilder(LENGTH);
    int bits = 0;
    int buffer = 0;
    for (int next = 0; text.length() < LENGTH; ) {
      if (bits < 5) {
        buffer = buffer << 8 | hash[next++] & 0xff;
        bits += 8;
      }
      bits -= 5;
      text.append(DIGITS[buffer >>> bits & 31]);
    }
    return text.toString();
  }
}
