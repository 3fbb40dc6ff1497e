package dev.lastunit.app.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/**
 * A request that is refused, with the problem that the client is told. Nothing was recorded for it
 * and its idempotency key stays free, so asking again is safe, whatever the status.
 */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** One field that does not do. */
  record Violation(String field, String message) {}

  private final HttpStatus status;
  private final String slug;
  private final String title;
  private final transient Map<String, Object> extensions;

  /**
   * A refusal.
   *
   * @param slug the last segment of the problem type
   * @param extensions further members of the problem, in order; empty for none
   */
  Refusal(
      HttpStatus status, String slug, String title, String detail, Map<String, Object> extensions) {
    // No stack trace: a refusal is an answer, and load tests provoke many.
    super(detail, null, false, false);
    this.status = status;
    this.slug = slug;
    this.title = title;
    this.extensions = extensions;
  }

  /** Fields that do not do: 422 with {@code violations}. */
  static Refusal invalid(List<Violation> violations) {
    return new Refusal(
        HttpStatus.UNPROCESSABLE_CONTENT,
        "invalid-charge",
        "Invalid request",
        violations.size() + " field(s) do not do",
        Map.of("violations", violations));
  }

  /** A body that is no JSON object. */
  static Refusal malformed(String detail) {
    return new Refusal(
        HttpStatus.BAD_REQUEST, "malformed-json", "Malformed body", detail, Map.of());
  }

  /** A body that is far too long for any call. */
  static Refusal tooLong() {
    return new Refusal(
        HttpStatus.CONTENT_TOO_LARGE,
        "payload-too-large",
        "The body is too large",
        "No call has a body of this length",
        Map.of());
  }

  /** A key that is empty, too long, or not visible ASCII. */
  static Refusal keyInvalid() {
    return new Refusal(
        HttpStatus.BAD_REQUEST,
        "idempotency-key-invalid",
        "Invalid Idempotency-Key",
        "An Idempotency-Key is 1 to 255 visible ASCII characters",
        Map.of());
  }

  /** A key that already belongs to another request. */
  static Refusal keyReused() {
    return new Refusal(
        HttpStatus.UNPROCESSABLE_CONTENT,
        "idempotency-key-reused",
        "Idempotency-Key reused",
        "This Idempotency-Key was used for another request",
        Map.of());
  }

  /** No charge of this id. */
  static Refusal chargeNotFound(String chargeId) {
    return new Refusal(
        HttpStatus.NOT_FOUND,
        "charge-not-found",
        "Charge not found",
        "No charge has the id " + chargeId,
        Map.of());
  }

  /** A move that the charge's status does not allow; the problem carries the status. */
  static Refusal impossible(Move move, Charge charge) {
    return new Refusal(
        HttpStatus.CONFLICT,
        "charge-state-conflict",
        "Not possible in this status",
        "A charge that is " + charge.status().wireName() + " cannot be " + move.pastTense(),
        Map.of("chargeStatus", charge.status().wireName()));
  }

  /** More than was authorised, or more than is left to give back; the problem carries the limit. */
  static Refusal tooMuch(Move move, long most) {
    return new Refusal(
        HttpStatus.CONFLICT,
        "amount-too-large",
        "Amount too large",
        "At most " + most + " can be " + move.pastTense(),
        Map.of("most", most));
  }

  /** The simulated failure of {@code tok_flaky}. */
  static Refusal fault() {
    return new Refusal(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "provider-fault",
        "Provider fault",
        "The provider failed; try again with the same Idempotency-Key",
        Map.of());
  }

  /** The end of a request that was held without an answer; whether money was taken is not told. */
  static Refusal silent() {
    return new Refusal(
        HttpStatus.GATEWAY_TIMEOUT,
        "provider-silent",
        "No answer",
        "The outcome is unknown; ask for the reference",
        Map.of());
  }

  /** The books cannot be reached. The outcome is unknown; the same key may be tried again. */
  static Refusal unavailable() {
    return new Refusal(
        HttpStatus.SERVICE_UNAVAILABLE,
        "provider-unavailable",
        "Provider unavailable",
        "The outcome is unknown; try again with the same Idempotency-Key",
        Map.of());
  }

  /** The HTTP status. */
  HttpStatus status() {
    return status;
  }

  /** The body: an RFC 9457 problem for a request to {@code path}. */
  Map<String, Object> problem(String path) {
    var problem = new LinkedHashMap<String, Object>();
    problem.put("type", "/problems/" + slug);
    problem.put("title", title);
    problem.put("status", status.value());
    problem.put("detail", getMessage());
    problem.put("instance", path);
    problem.putAll(extensions);
    return problem;
  }
}
