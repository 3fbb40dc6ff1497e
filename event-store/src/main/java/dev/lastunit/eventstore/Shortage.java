package dev.lastunit.eventstore;

import java.sql.SQLException;

/** Tells when PostgreSQL lacks something that it may have again: room on its disk, memory. */
public final class Shortage {

  /** Class of the SQL states for insufficient resources, among them a full disk (53100). */
  private static final String INSUFFICIENT_RESOURCES = "53";

  private Shortage() {}

  /** Whether the database said so itself, and has hence recorded nothing. */
  public static boolean is(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && sql.getSQLState() != null
          && sql.getSQLState().startsWith(INSUFFICIENT_RESOURCES)) {
        return true;
      }
    }
    return false;
  }
}
