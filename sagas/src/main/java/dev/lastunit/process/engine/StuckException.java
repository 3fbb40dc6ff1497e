package dev.lastunit.process.engine;

/**
 * An effect met something that repeating it cannot mend; the instance is parked at once. The
 * message is shown to operators: it must hold no secret and no personal data.
 */
public final class StuckException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StuckException(String message) {
    super(message, null, false, false);
  }
}
