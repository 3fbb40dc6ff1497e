package dev.lastunit.shared.query.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/**
 * Where a page ended: the sort key of its last row and the row's own key. Opaque to clients, and
 * neither secret nor trusted: whoever reads one checks every part.
 *
 * @param kind what it continues, such as {@code products-by-price}; a cursor of one list is refused
 *     by another
 * @param parts key parts, none with the character 0
 */
public record Cursor(String kind, List<String> parts) {

  /** Longer ones are not ours. */
  private static final int LONGEST = 4_096;

  private static final String BETWEEN = "\0";

  /** Checks nothing: cursors are made from rows. */
  public Cursor {
    parts = List.copyOf(parts);
  }

  /** A cursor of the parts' texts. */
  public static Cursor of(String kind, Object... parts) {
    List<String> texts = new ArrayList<>(parts.length);
    for (Object part : parts) {
      texts.add(String.valueOf(part));
    }
    return new Cursor(kind, texts);
  }

  /** The form that clients get: Base64 for URLs, without padding. */
  public String text() {
    String plain = kind + BETWEEN + String.join(BETWEEN, parts);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what a client sent.
   *
   * @param kind what it must continue
   * @param size how many parts it must have
   * @throws Problem INVALID_FIELD when it is not such a cursor
   */
  public static Cursor read(String text, String kind, int size) {
    if (text.length() > LONGEST) {
      throw malformed();
    }
    try {
      String plain =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(text)))
              .toString();
      List<String> all = List.of(plain.split(BETWEEN, -1));
      if (all.size() != size + 1 || !all.getFirst().equals(kind)) {
        throw malformed();
      }
      return new Cursor(kind, all.subList(1, all.size()));
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw malformed();
    }
  }

  /** A part as it is. */
  public String text(int index) {
    return parts.get(index);
  }

  /**
   * A part as a whole number.
   *
   * @throws Problem INVALID_FIELD when it is none
   */
  public long number(int index) {
    return as(index, Long::valueOf);
  }

  /**
   * A part as another type.
   *
   * @param parse fails with any exception on what is not one
   * @throws Problem INVALID_FIELD when it fails
   */
  public <T> T as(int index, Function<String, T> parse) {
    try {
      return parse.apply(parts.get(index));
    } catch (RuntimeException e) {
      throw malformed();
    }
  }

  /** What a client is told whose cursor is none of ours. */
  public static Problem malformed() {
    return Problem.invalid(
        ErrorCode.INVALID_FIELD,
        List.of(
            new Violation(
                "cursor", "is not a cursor of this list: send back what next gave, unchanged")));
  }
}
