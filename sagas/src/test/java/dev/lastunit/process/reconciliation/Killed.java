package dev.lastunit.process.reconciliation;

/** The death of a process: nothing after it is run. */
final class Killed extends Error {
  private static final long serialVersionUID = 1L;
}
