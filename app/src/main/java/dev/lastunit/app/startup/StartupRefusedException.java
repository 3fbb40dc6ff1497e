package dev.lastunit.app.startup;

/**
 * Lastunit does not start, for a reason that the operator can remove. The message is the one line
 * that is shown; nothing has been changed.
 */
public final class StartupRefusedException extends RuntimeException {

  /**
   * @param message the line for the operator: what is in the way, and what to do
   */
  public StartupRefusedException(String message) {
    super(message);
  }
}
