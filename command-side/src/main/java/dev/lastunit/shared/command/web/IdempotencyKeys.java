package dev.lastunit.shared.command.web;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** Reads {@code Idempotency-Key} and derives the identifiers of commands from it. */
public final class IdempotencyKeys {

  /** The header. */
  public static final String HEADER = "Idempotency-Key";

  /** 1 to 255 visible ASCII characters; from the contract. */
  private static final Pattern FORM = Pattern.compile("[!-~]{1,255}");

  private IdempotencyKeys() {}

  /** Whether a header's value is a key. */
  public static boolean isKey(String value) {
    return FORM.matcher(value).matches();
  }

  /**
   * The key of a request that must have one.
   *
   * @throws Problem IDEMPOTENCY_KEY_MISSING or IDEMPOTENCY_KEY_INVALID
   */
  public static String required(HttpHeaders headers) {
    var keys = headers.getOrEmpty(HEADER);
    if (keys.isEmpty()) {
      throw new Problem(
          ErrorCode.IDEMPOTENCY_KEY_MISSING,
          "Send an Idempotency-Key header of 1 to 255 visible ASCII characters");
    }
    if (keys.size() > 1 || !isKey(keys.getFirst())) {
      throw new Problem(
          ErrorCode.IDEMPOTENCY_KEY_INVALID,
          "Idempotency-Key must come once and have 1 to 255 visible ASCII characters");
    }
    return keys.getFirst();
  }

  /**
   * The command's identifier: the same for the same subject and key, different for any other pair.
   *
   * @param key the header's value, not null
   * @throws Problem IDEMPOTENCY_KEY_INVALID
   */
  public static CommandId commandId(Caller caller, String key) {
    if (!isKey(key)) {
      throw new Problem(
          ErrorCode.IDEMPOTENCY_KEY_INVALID,
          "Idempotency-Key must have 1 to 255 visible ASCII characters");
    }
    var subject = caller.subject() == null ? "" : caller.subject().value();
    // A key holds no space, so that no other pair reads the same.
    var text = key + ' ' + subject;
    return new CommandId("key-" + HexFormat.of().formatHex(sha256(text), 0, 16));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
