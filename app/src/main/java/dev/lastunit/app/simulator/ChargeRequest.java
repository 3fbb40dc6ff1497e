package dev.lastunit.app.simulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checked request for a new charge.
 *
 * <p>Bodies are read as trees and not bound to classes, because binding is helpful where a payment
 * provider must not be: it would make 19 of 19.99 and 5 of "5".
 *
 * @param reference 1 to 255 characters
 * @param amount minor units, 1 to {@value #MOST}
 * @param currency three upper-case letters
 * @param capture whether the money is taken as soon as it is authorised
 */
record ChargeRequest(
    String reference, long amount, String currency, TestToken token, boolean capture) {

  /** The largest amount of one charge in minor units: far above any order, far below overflow. */
  static final long MOST = 999_999_999_999L;

  private static final int LONGEST_REFERENCE = 255;
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  /**
   * Reads and checks the body of a charge.
   *
   * @throws Refusal 400 when it is no JSON object, 422 with all violations otherwise
   */
  static ChargeRequest parse(JsonMapper json, byte[] body) {
    var tree = object(json, body, false);
    var violations = new ArrayList<Refusal.Violation>();
    var reference = text(tree, "reference", violations);
    if (reference != null && (reference.isBlank() || reference.length() > LONGEST_REFERENCE)) {
      violations.add(
          new Refusal.Violation("reference", "must be 1 to " + LONGEST_REFERENCE + " characters"));
    }
    var amount = amount(tree, violations);
    if (amount == null && !tree.has("amount")) {
      violations.add(new Refusal.Violation("amount", "is required"));
    }
    var currency = text(tree, "currency", violations);
    if (currency != null && !CURRENCY.matcher(currency).matches()) {
      violations.add(new Refusal.Violation("currency", "must be three upper-case letters"));
    }
    var tokenName = text(tree, "token", violations);
    var capture = tree.path("capture");
    if (!capture.isMissingNode() && !capture.isNull() && !capture.isBoolean()) {
      violations.add(new Refusal.Violation("capture", "must be true or false"));
    }
    if (!violations.isEmpty()
        || reference == null
        || amount == null
        || currency == null
        || tokenName == null) {
      throw Refusal.invalid(List.copyOf(violations));
    }
    var token =
        TestToken.ofWireName(tokenName)
            .orElseThrow(
                () ->
                    new Refusal(
                        HttpStatus.UNPROCESSABLE_CONTENT,
                        "unknown-token",
                        "Unknown token",
                        "There is no test token of this name",
                        Map.of("tokens", TestToken.wireNames())));
    return new ChargeRequest(reference, amount, currency, token, capture.asBoolean(false));
  }

  /**
   * Reads the body of a move: nothing, or an object with an optional amount.
   *
   * @return minor units, positive; null for all there is
   * @throws Refusal 400 when it is no JSON object, 422 for an amount that does not do
   */
  static @Nullable Long parseMove(JsonMapper json, byte[] body) {
    var violations = new ArrayList<Refusal.Violation>();
    var amount = amount(object(json, body, true), violations);
    if (!violations.isEmpty()) {
      throw Refusal.invalid(List.copyOf(violations));
    }
    return amount;
  }

  /** Equal for equal requests, whatever the order of members or the white space of the bodies. */
  String fingerprint() {
    return fingerprint("charge", reference, amount, currency, token, capture);
  }

  /** Likewise for a move. */
  static String fingerprint(Move move, String chargeId, @Nullable Long amount) {
    return fingerprint(move.path(), chargeId, amount);
  }

  private static String fingerprint(@Nullable Object... parts) {
    var text = new StringBuilder();
    for (var part : parts) {
      var field = String.valueOf(part);
      // With the length in front no two lists of parts make the same text.
      text.append(field.length()).append(':').append(field);
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every JDK has SHA-256", impossible);
    }
  }

  private static JsonNode object(JsonMapper json, byte[] body, boolean mayBeEmpty) {
    if (body.length == 0 && mayBeEmpty) {
      return json.createObjectNode();
    }
    JsonNode tree;
    try {
      tree = json.readTree(body);
    } catch (JacksonException unreadable) {
      throw Refusal.malformed("The body is not JSON");
    }
    if (!tree.isObject()) {
      throw Refusal.malformed("The body must be a JSON object");
    }
    return tree;
  }

  private static @Nullable String text(
      JsonNode tree, String field, List<Refusal.Violation> violations) {
    var node = tree.path(field);
    if (node.isString()) {
      return node.stringValue();
    }
    violations.add(
        new Refusal.Violation(
            field, node.isMissingNode() || node.isNull() ? "is required" : "must be a string"));
    return null;
  }

  private static @Nullable Long amount(JsonNode tree, List<Refusal.Violation> violations) {
    var node = tree.path("amount");
    if (node.isMissingNode()) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      violations.add(new Refusal.Violation("amount", "must be an integer of minor units"));
      return null;
    }
    var amount = node.longValue();
    if (amount < 1 || amount > MOST) {
      violations.add(new Refusal.Violation("amount", "must be 1 to " + MOST));
    }
    return amount;
  }
}
