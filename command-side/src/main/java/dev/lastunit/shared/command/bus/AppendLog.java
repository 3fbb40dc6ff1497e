package dev.lastunit.shared.command.bus;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.messaging.unitofwork.UnitOfWork;

/**
 * What the command bus asks of the event store beside Axon's interfaces. All of it is asked on a
 * shard's thread and may block on the database.
 *
 * @param firstAppended position of the first event that was appended in a root unit of work; 0 when
 *     none was
 * @param lastAppended position of the last one; 0 when none was
 * @param isCommitted whether the append of a root unit of work whose commit failed is committed all
 *     the same; waits until its transaction has ended; needs a new transaction
 * @param lock keeps everybody else from appending until the current transaction ends
 * @param read reads several streams at once, each from its latest snapshot on; one without events
 *     is empty in the answer, one that is not in the answer must be read by itself
 */
public record AppendLog(
    ToLongFunction<UnitOfWork<?>> firstAppended,
    ToLongFunction<UnitOfWork<?>> lastAppended,
    Predicate<UnitOfWork<?>> isCommitted,
    Runnable lock,
    Function<Collection<String>, Map<String, DomainEventStream>> read) {

  /**
   * For stores that know no positions, have one writer, and read a stream as quickly as many, such
   * as those in memory.
   */
  public static AppendLog withoutPositions() {
    return new AppendLog(root -> 0, root -> 0, root -> false, () -> {}, streams -> Map.of());
  }
}
