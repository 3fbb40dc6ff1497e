package dev.lastunit.shared.api;

import java.util.Collection;
import java.util.function.Consumer;

/**
 * Events as they are committed, to whoever watches: waiting requests and SSE streams. One reader of
 * the store's tail for each node serves all of them.
 *
 * <p>A watcher sees what commits after it began to watch; what came before it reads from the store.
 * Listeners are called on the tail's thread, one event after the other in commit order: they must
 * return at once and never block. An exception in a listener is the listener's loss and nobody
 * else's.
 *
 * <p>Of each event those who watch every stream are told before those who watch its stream: who
 * waits for an event and then asks somebody that follows them all finds it there.
 */
public interface LiveEvents {

  /** Ends the watch; may be called more than once and from any thread. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /** Watches some streams. */
  Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener);

  /** Watches every stream. */
  Watch watchAll(Consumer<RecordedEvent> listener);
}
