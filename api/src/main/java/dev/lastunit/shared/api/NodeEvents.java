package dev.lastunit.shared.api;

/** Brings the store's events to what this node keeps for itself. Thread-safe. */
public interface NodeEvents {

  /**
   * Runs a handler on a thread of its own until it is stopped or the node ends. What the handler
   * throws is told in the log and tried again; nothing is skipped. Before the node's events have
   * started it waits for them.
   */
  Following follow(NodeEventHandler handler);

  /** A handler that runs. */
  interface Following {

    /**
     * Position up to which everything that concerns the handler has been published; never goes
     * back. Never blocks.
     */
    long position();

    /** Whether nothing that this node knows of is still to be published. */
    boolean isLive();

    /** Ends the handler after the batch in hand and closes it. Blocks; may be called again. */
    void stop();
  }
}
