package dev.lastunit.shared.command;

/**
 * Gives identifiers to what has no cause to derive one from, such as a request without a key. The
 * assembly provides an unguessable source, a test a repeatable one.
 *
 * <p>Threads: safe for all, never blocks.
 */
@FunctionalInterface
public interface FreshIds {

  /** A text that was never given before: 16 to 40 lower-case letters, digits and hyphens. */
  String next();
}
