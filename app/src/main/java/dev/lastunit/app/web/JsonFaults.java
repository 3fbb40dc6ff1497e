package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.PropertyBindingException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Translates what the JSON reader has against a body: where it is, and what would be right. The
 * body itself is never quoted, as it may hold what does not belong in answers and logs; names of
 * fields are.
 */
final class JsonFaults {

  /** Names the body itself where a violation needs a field. */
  private static final String BODY = "(body)";

  private static final int LONGEST_NAME = 100;

  private JsonFaults() {}

  /** The refusal for a body that could not be read. */
  static Problem explain(JacksonException fault) {
    return switch (fault) {
      case StreamConstraintsException _ -> tooMuch(fault);
      case InputCoercionException coercion ->
          violation(path(fault), Expected.range(coercion.getTargetType()));
      case UnexpectedEndOfInputException _ -> malformed("The body ends in the middle of the JSON");
      case StreamReadException _ -> syntax(fault);
      case PropertyBindingException unknown -> unknownField(unknown);
      case ValueInstantiationException refused -> refusedByConstructor(refused);
      case MismatchedInputException mismatch -> mismatch(mismatch);
      default -> malformed("The body could not be read" + at(fault.getLocation()));
    };
  }

  private static Problem tooMuch(JacksonException fault) {
    String message = String.valueOf(fault.getOriginalMessage());
    return malformed(
        message.contains("nesting depth")
            ? "The JSON is nested deeper than " + StrictJson.MAX_DEPTH + " levels"
            : "A name, string or number of the JSON is too long" + at(fault.getLocation()));
  }

  private static Problem syntax(JacksonException fault) {
    String message = String.valueOf(fault.getOriginalMessage());
    return malformed(
        message.startsWith("Duplicate")
            ? "A field is there twice" + at(fault.getLocation())
            : "The body is not valid JSON" + at(fault.getLocation()));
  }

  private static Problem unknownField(PropertyBindingException unknown) {
    String known = Expected.components(unknown.getReferringClass());
    return violation(
        path(unknown), "is not a known field" + (known.isEmpty() ? "" : "; known are " + known));
  }

  /** A value's own constructor refused it. */
  private static Problem refusedByConstructor(ValueInstantiationException refused) {
    for (Throwable cause = refused.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof Problem problem) {
        return problem;
      }
    }
    Throwable cause = refused.getCause();
    if (cause instanceof NullPointerException && isName(cause.getMessage())) {
      String path = path(refused);
      return violation(
          path.equals(BODY) ? cause.getMessage() : path + "." + cause.getMessage(), "is required");
    }
    return violation(path(refused), OurMessages.of(cause, "is not valid"));
  }

  private static Problem mismatch(MismatchedInputException mismatch) {
    String message = String.valueOf(mismatch.getOriginalMessage());
    if (message.startsWith("Trailing token")) {
      return malformed("Something follows the JSON" + at(mismatch.getLocation()));
    }
    if (message.startsWith("No content to map")) {
      return malformed("A body is required");
    }
    if (message.startsWith("Duplicate")) {
      return malformed("A field is there twice" + at(mismatch.getLocation()));
    }
    return violation(path(mismatch), Expected.of(mismatch.getTargetType()));
  }

  private static boolean isName(String text) {
    return text != null && text.matches("[a-z][A-Za-z0-9]{0,60}");
  }

  /** The way to the field as a client would write it: {@code items[2].quantity}. */
  static String path(JacksonException fault) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : fault.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        String name = step.getPropertyName();
        path.append(path.isEmpty() ? "" : ".")
            .append(name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "…" : name);
      }
    }
    return path.isEmpty() ? BODY : path.toString();
  }

  private static String at(TokenStreamLocation location) {
    return location == null || location.getLineNr() < 1
        ? ""
        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static Problem violation(String field, String message) {
    return Problem.invalid(ErrorCode.INVALID_FIELD, List.of(new Violation(field, message)));
  }

  private static Problem malformed(String detail) {
    return new Problem(ErrorCode.MALFORMED_REQUEST, detail);
  }
}
