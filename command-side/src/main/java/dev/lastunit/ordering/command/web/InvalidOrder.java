package dev.lastunit.ordering.command.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.command.web.Violations;
import java.util.List;

/**
 * Everything that is wrong with an order is one kind of problem, INVALID_ORDER, whatever the field.
 */
final class InvalidOrder {

  private InvalidOrder() {}

  /** The problem of one violation. */
  static Problem because(String field, String message) {
    return Problem.invalid(ErrorCode.INVALID_ORDER, List.of(new Violation(field, message)));
  }

  /**
   * Ends the request unless nothing is wrong.
   *
   * @throws Problem INVALID_ORDER with all violations
   */
  static void unless(Violations violations) {
    violations.orThrow(ErrorCode.INVALID_ORDER);
  }
}
