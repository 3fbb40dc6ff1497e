package dev.lastunit.shared.command.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.command.StorableText;
import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with a request, so that a client learns it at once. */
public final class Violations {

  private final List<Violation> found = new ArrayList<>();

  /** Notes a violation unless the condition holds. */
  public void check(boolean holds, String field, String message) {
    if (!holds) {
      found.add(new Violation(field, message));
    }
  }

  /**
   * Notes what is wrong with a text.
   *
   * @param min least number of characters; 0 allows null and blank
   * @param max most characters
   */
  public void text(String field, String text, int min, int max) {
    if (text == null || (min > 0 && text.isBlank())) {
      check(min == 0, field, "must have " + min + " to " + max + " characters");
      return;
    }
    check(
        text.length() >= min && text.length() <= max,
        field,
        "must have " + min + " to " + max + " characters");
    check(StorableText.isStorable(text), field, "must not contain NUL or half a surrogate pair");
  }

  /** Notes violations that somebody else found. */
  public void addAll(List<Violation> violations) {
    found.addAll(violations);
  }

  /** What is wrong so far, in the order of its finding. */
  public List<Violation> found() {
    return List.copyOf(found);
  }

  /** Whether nothing is wrong so far. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /**
   * Ends the request unless nothing is wrong.
   *
   * @throws Problem INVALID_FIELD with all violations
   */
  public void orThrow() {
    orThrow(ErrorCode.INVALID_FIELD);
  }

  /**
   * Ends the request unless nothing is wrong.
   *
   * @throws Problem the given code with all violations
   */
  public void orThrow(ErrorCode code) {
    if (!found.isEmpty()) {
      throw Problem.invalid(code, found);
    }
  }
}
