package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.sql.SQLException;

/** Tells when the store lacks something that it may have again: room on its disk, memory. */
final class Shortage {

  /** Class of the SQL states for insufficient resources, among them a full disk (53100). */
  private static final String INSUFFICIENT_RESOURCES = "53";

  private Shortage() {}

  /** Whether the store said so itself, and has hence recorded nothing. */
  static boolean is(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && sql.getSQLState() != null
          && sql.getSQLState().startsWith(INSUFFICIENT_RESOURCES)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What to tell the sender of a command that certainly recorded nothing. The failure is not in it,
   * for it goes to clients.
   *
   * @return {@link ErrorCode#OVERLOADED} for a shortage, the failure itself for anything else
   */
  static Throwable told(Throwable failure) {
    if (!is(failure)) {
      return failure;
    }
    return new Problem(ErrorCode.OVERLOADED, "The store has no room now; try again in a moment");
  }
}
