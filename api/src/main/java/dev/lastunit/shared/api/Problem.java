package dev.lastunit.shared.api;

import java.util.List;
import java.util.Map;

/**
 * A refusal on its way to a client. Thrown at the edges only (controllers and what they call);
 * inside the domain a refusal is a {@link Result.Refused}. It has no stack trace: it is an answer,
 * not a fault.
 */
public final class Problem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<Violation> violations;
  private final transient Map<String, Object> extensions;

  /**
   * One field that is not valid.
   *
   * @param field path of the field as the client wrote it, for example {@code items[2].quantity}
   * @param message what is wrong and what would be right
   */
  public record Violation(String field, String message) {}

  public Problem(
      ErrorCode code, String detail, List<Violation> violations, Map<String, Object> extensions) {
    super(detail, null, false, false);
    this.code = code;
    this.violations = List.copyOf(violations);
    this.extensions = Map.copyOf(extensions);
  }

  public Problem(ErrorCode code, String detail) {
    this(code, detail, List.of(), Map.of());
  }

  public static Problem invalid(ErrorCode code, List<Violation> violations) {
    return new Problem(code, code.title() + ": see violations", violations, Map.of());
  }

  public static Problem of(Result.Refused<?> refused) {
    return new Problem(refused.code(), refused.detail(), List.of(), refused.facts());
  }

  /** A 404 that tells nothing about whether the thing exists for somebody else. */
  public static Problem notFound(String what) {
    return new Problem(ErrorCode.NOT_FOUND, "There is no such " + what);
  }

  public ErrorCode code() {
    return code;
  }

  public List<Violation> violations() {
    return violations;
  }

  /** Further members of the problem document, such as {@code orderId}. */
  public Map<String, Object> extensions() {
    return extensions;
  }
}
