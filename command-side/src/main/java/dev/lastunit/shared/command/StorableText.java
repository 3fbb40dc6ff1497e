package dev.lastunit.shared.command;

/**
 * Keeps text out of the event store that could not be read back or could not be written to a read
 * model: an event is for ever, and one that no projection can store would stop it for ever.
 */
public final class StorableText {

  private StorableText() {}

  /**
   * Whether PostgreSQL and UTF-8 can hold the text: no NUL character, no half of a surrogate pair.
   *
   * @param text may be null, which is storable
   */
  public static boolean isStorable(String text) {
    if (text == null) {
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
