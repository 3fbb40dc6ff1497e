package dev.lastunit.process.engine;

/**
 * The state of one instance of a process: an immutable record that Jackson writes and reads. What
 * was written once must stay readable, so components are only ever added.
 */
public interface ProcessState {

  /** Name of the step that the instance is in; a fixed word, as it is stored. */
  String step();

  /**
   * Whether the step has an effect to run. Otherwise the instance waits for an event or a time.
   * Depends on the step alone.
   */
  boolean active();
}
