package dev.lastunit.catalogue.command.web;

/**
 * Makes foreign text fit for an answer and for a database: short, and without control characters.
 */
final class Printable {

  private static final int LONGEST = 80;

  private Printable() {}

  /** The text with control characters and halves of surrogate pairs replaced, and cut. */
  static String of(String text) {
    var printable = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .map(
            c ->
                Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= 0xDFFF)
                    ? '?'
                    : c)
        .forEach(printable::appendCodePoint);
    return text.codePointCount(0, text.length()) > LONGEST
        ? printable.append('…').toString()
        : printable.toString();
  }
}
