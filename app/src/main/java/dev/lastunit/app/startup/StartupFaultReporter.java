package dev.lastunit.app.startup;

import dev.lastunit.app.postgres.PostgresException;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Shows a fault that the operator can remove as one line on the error output, without a stack
 * trace. Other faults are left to Spring Boot.
 */
public final class StartupFaultReporter implements SpringBootExceptionReporter {

  /**
   * @param context the context that failed, absent when it had not been made yet; given by Spring
   *     Boot, not used
   */
  public StartupFaultReporter(ConfigurableApplicationContext context) {}

  @Override
  public boolean reportException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StartupRefusedException || cause instanceof PostgresException) {
        System.err.println("lastunit: " + cause.getMessage());
        return true;
      }
    }
    return false;
  }
}
