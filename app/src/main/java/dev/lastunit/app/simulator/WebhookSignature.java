package dev.lastunit.app.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs by the Standard Webhooks scheme, version 1 of its symmetric signatures: HMAC-SHA256 over
 * {@code <webhook-id>.<webhook-timestamp>.<body>}. Safe for any thread; does not block.
 */
final class WebhookSignature {

  /** What a secret starts with; base64 of the key follows. */
  static final String SECRET_PREFIX = "whsec_";

  private static final String ALGORITHM = "HmacSHA256";

  private WebhookSignature() {}

  /**
   * The value of the header {@code webhook-signature}.
   *
   * @param secret {@code whsec_} and base64
   * @param webhookId without a full stop, which separates the signed parts
   * @param timestampSeconds seconds since the epoch of this try, not of the event
   * @param body exactly what is sent
   */
  static String sign(String secret, String webhookId, long timestampSeconds, byte[] body) {
    var key = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update((webhookId + "." + timestampSeconds + ".").getBytes(StandardCharsets.US_ASCII));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, impossible);
    }
  }
}
