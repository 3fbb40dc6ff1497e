package dev.lastunit.shared.command.bus;

import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.messaging.unitofwork.UnitOfWork;

/**
 * What the command bus asks of the event store beside Axon's interfaces. All of it is asked on a
 * shard's thread and may block on the database.
 *
 * @param begin announces a root unit of work that ends with {@code commit}, so that its events can
 *     be kept until then
 * @param commit appends what was kept for a root unit of work and commits the current transaction;
 *     the transaction is then committed once more, which must do no harm. Throws an {@link
 *     org.axonframework.common.AxonException} when certainly nothing was recorded; after anything
 *     else the outcome must be asked. Does nothing when nothing was kept
 * @param firstAppended position of the first event that was appended in a root unit of work; 0 when
 *     none was
 * @param lastAppended position of the last one; 0 when none was
 * @param isCommitted whether the append of a root unit of work whose commit failed is committed all
 *     the same; if it is not, it never will be; waits until its transaction has ended; needs a new
 *     transaction, and holds when that is committed
 * @param lock keeps everybody else from appending until the current transaction ends
 * @param read reads several streams at once, each from its latest snapshot on; one without events
 *     is empty in the answer, one that is not in the answer must be read by itself
 * @param isShortage whether a failure means that the store has no room now, and thus has recorded
 *     nothing; does not block
 */
public record AppendLog(
    Consumer<UnitOfWork<?>> begin,
    Consumer<UnitOfWork<?>> commit,
    ToLongFunction<UnitOfWork<?>> firstAppended,
    ToLongFunction<UnitOfWork<?>> lastAppended,
    Predicate<UnitOfWork<?>> isCommitted,
    Runnable lock,
    Function<Collection<String>, Map<String, DomainEventStream>> read,
    Predicate<Throwable> isShortage) {

  /**
   * For stores that know no positions, have one writer, and read a stream as quickly as many, such
   * as those in memory.
   */
  public static AppendLog withoutPositions() {
    return new AppendLog(
        root -> {},
        root -> {},
        root -> 0,
        root -> 0,
        root -> false,
        () -> {},
        streams -> Map.of(),
        failure -> false);
  }
}
