package dev.lastunit.app.postgres;

/**
 * The embedded PostgreSQL could not be started or stopped. The message is one sentence for an
 * operator and says what to do where that is known; the data on disk are as they were.
 */
public final class PostgresException extends RuntimeException {

  /**
   * @param message what failed, in one sentence
   */
  public PostgresException(String message) {
    super(message);
  }

  /**
   * @param message what failed, in one sentence
   * @param cause what the operating system or the driver said
   */
  public PostgresException(String message, Throwable cause) {
    super(message, cause);
  }
}
