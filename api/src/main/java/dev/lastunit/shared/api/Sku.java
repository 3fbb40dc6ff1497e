package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * A stock-keeping unit: what is sold, counted and reserved.
 *
 * @param value 1 to 64 characters: letters, digits, and inside also space, dot, underscore, colon
 *     and hyphen
 */
public record Sku(@JsonValue String value) implements Comparable<Sku> {

  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9 ._:-]{0,62}[A-Za-z0-9._:-])?");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public Sku {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "A SKU has 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens");
    }
  }

  /** Whether the text has the form of a SKU; null has not. */
  public static boolean isValid(String text) {
    return text != null && FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(Sku other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
