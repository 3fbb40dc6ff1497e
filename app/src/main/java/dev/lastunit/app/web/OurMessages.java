package dev.lastunit.app.web;

/**
 * Decides whether an exception's words may be shown to a client. Those of our own values'
 * constructors are written for clients ({@code A SKU has 1 to 64 letters …}); a library's may name
 * classes or quote the request.
 */
final class OurMessages {

  private static final String OURS = "dev.lastunit.";
  private static final int LONGEST = 300;

  private OurMessages() {}

  /**
   * The message of the innermost cause.
   *
   * @param fault may be null
   * @param otherwise what to say when the message is not ours
   */
  static String of(Throwable fault, String otherwise) {
    if (fault == null) {
      return otherwise;
    }
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    if (!(root instanceof IllegalArgumentException)
        || message == null
        || message.isBlank()
        || message.length() > LONGEST
        || root.getStackTrace().length == 0
        || !root.getStackTrace()[0].getClassName().startsWith(OURS)) {
      return otherwise;
    }
    return message;
  }
}
