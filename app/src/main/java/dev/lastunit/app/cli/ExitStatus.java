package dev.lastunit.app.cli;

/** With what a command ends its process; the help of each says what that means for it. */
final class ExitStatus {

  static final int DONE = 0;
  static final int FAILED = 1;

  /** The arguments were not understood, and nothing was done. */
  static final int MISUSED = 2;

  private ExitStatus() {}
}
