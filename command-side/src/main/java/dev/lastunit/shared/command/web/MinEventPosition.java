package dev.lastunit.shared.command.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.util.List;
import java.util.regex.Pattern;

/** Reads {@code Min-Event-Position}: how far a read model must have got that a write looks at. */
public final class MinEventPosition {

  /** Name of the header. */
  public static final String HEADER = "Min-Event-Position";

  private static final Pattern FORM = Pattern.compile("\\d{1,18}");

  private MinEventPosition() {}

  /**
   * The position, 0 or more; 0 without the header.
   *
   * @param text the header's value, null when absent
   * @throws Problem INVALID_FIELD
   */
  public static long of(String text) {
    if (text == null) {
      return 0;
    }
    if (!FORM.matcher(text).matches()) {
      throw Problem.invalid(
          ErrorCode.INVALID_FIELD,
          List.of(new Violation(HEADER, "must be a whole number, 0 or more")));
    }
    return Long.parseLong(text);
  }
}
