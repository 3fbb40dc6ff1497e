package dev.lastunit.app.cli;

/** Where the parts of the service log that a command uses without the service. */
final class CommandLog {

  private CommandLog() {}

  /**
   * Sends warnings and errors to the standard error, so that the output is the answer alone. To be
   * called before anything is logged.
   */
  static void begin() {
    System.setProperty("logback.configurationFile", "logback-commands.xml");
  }
}
