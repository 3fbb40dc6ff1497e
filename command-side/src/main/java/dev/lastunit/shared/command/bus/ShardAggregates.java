package dev.lastunit.shared.command.bus;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.axonframework.eventsourcing.EventSourcedAggregate;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;

/**
 * The aggregates that a shard keeps in memory, by stream: the recently used ones, a bounded number
 * of them. Only the shard's thread touches them, so there are neither locks nor copies.
 *
 * <p>What is kept may be ahead of the store by the events of the batch that is being handled.
 * Nothing is therefore dropped for want of room while a batch is open: whoever loaded it again
 * would miss those events.
 *
 * <p>Events that were read ahead wait here for the command that needs them. They are handed out
 * once and end with the batch: whoever loads an aggregate again, because a command failed or the
 * batch lost to another node, gets what the store says then.
 *
 * <p>Commands after which no more are to be expected soon ({@link
 * dev.lastunit.shared.api.Command#expectsMore}) leave no aggregate behind that was not in memory
 * before: an import of millions of products must not push out what buyers use.
 *
 * <p>Also knows what the command that is being handled has done: which aggregate it used and how
 * many events it recorded there.
 */
final class ShardAggregates {

  /** Key of the shard's instance among the resources of the root unit of work. */
  static final String RESOURCE = "lastunit.shardAggregates";

  private final int maximum;
  private final Map<String, EventSourcedAggregate<?>> kept = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Kept until the end of the next batch only: nobody has asked for more than a passing command.
   * What is said of one stream in several commands may come in two batches.
   */
  private Set<String> passing = new HashSet<>();

  /** Those of the batch before. */
  private Set<String> passed = new HashSet<>();

  private final Map<String, DomainEventStream> ahead = new HashMap<>();

  /** Streams that were asked for ahead and not handed out; some of them are not there. */
  private final Set<String> asked = new HashSet<>();

  private String stream;
  private boolean more;
  private EventSourcedAggregate<?> used;
  private long sequenceBefore;

  /**
   * @param maximum aggregates to keep between batches, at least 1
   */
  ShardAggregates(int maximum) {
    this.maximum = maximum;
  }

  /** Those of the shard that runs on this thread. */
  static ShardAggregates current() {
    Object aggregates =
        CurrentUnitOfWork.isStarted()
            ? CurrentUnitOfWork.get().root().resources().get(RESOURCE)
            : null;
    if (aggregates == null) {
      throw new IllegalStateException("Aggregates are used in command handlers only");
    }
    return (ShardAggregates) aggregates;
  }

  /** The next command, for this stream, is about to be handled. */
  void begin(String commandStream, boolean expectsMore) {
    stream = commandStream;
    more = expectsMore;
    used = null;
    sequenceBefore = -1;
  }

  /** The kept aggregate; null when there is none. */
  EventSourcedAggregate<?> get(String aggregateStream) {
    return kept.get(aggregateStream);
  }

  /** Whether a command for this stream would have to wait for the store. */
  boolean isCold(String aggregateStream) {
    return !kept.containsKey(aggregateStream) && !asked.contains(aggregateStream);
  }

  /** Keeps what was read ahead for commands of this batch. */
  void readAhead(Set<String> streams, Map<String, DomainEventStream> found) {
    asked.addAll(streams);
    ahead.putAll(found);
  }

  /** What was read ahead of this stream; null when it must be read by itself. */
  DomainEventStream takeAhead(String aggregateStream) {
    DomainEventStream events = ahead.remove(aggregateStream);
    if (events != null) {
      asked.remove(aggregateStream);
    }
    return events;
  }

  /** The batch is over. */
  void forgetAhead() {
    ahead.clear();
    asked.clear();
  }

  /** Hands an aggregate, kept, loaded or new, to the command that is being handled. */
  void use(String aggregateStream, EventSourcedAggregate<?> aggregate, long sequence) {
    if (!aggregateStream.equals(stream)) {
      throw new IllegalStateException(
          "A command for " + stream + " cannot use " + aggregateStream + ": one stream, one shard");
    }
    if (used == null) {
      sequenceBefore = sequence;
    }
    used = aggregate;
    boolean isNew = kept.put(aggregateStream, aggregate) == null;
    if (more) {
      passing.remove(aggregateStream);
      passed.remove(aggregateStream);
    } else if (isNew) {
      passing.add(aggregateStream);
    }
  }

  /** How many events the command recorded. */
  int recorded() {
    return used == null ? 0 : (int) (sequenceOf(used) - sequenceBefore);
  }

  /** The command has ended well. */
  void keep() {
    if (used != null && used.version() == null) {
      // Somebody else may bring the stream into being; only an append would notice.
      kept.remove(stream);
    }
  }

  /**
   * The command has failed, and may have left its aggregate in any state.
   *
   * @return whether it had used one
   */
  boolean drop() {
    if (used != null) {
      kept.remove(stream);
    }
    return used != null;
  }

  void evict(String aggregateStream) {
    kept.remove(aggregateStream);
  }

  /** Makes room; only between batches. */
  void trim() {
    passed.forEach(kept::remove);
    passed.clear();
    Set<String> emptied = passed;
    passed = passing;
    passing = emptied;
    Iterator<String> eldest = kept.keySet().iterator();
    for (int excess = kept.size() - maximum; excess > 0; excess--) {
      eldest.next();
      eldest.remove();
    }
  }

  int size() {
    return kept.size();
  }

  /** Sequence of the last event; -1 before the first. */
  static long sequenceOf(EventSourcedAggregate<?> aggregate) {
    Long version = aggregate.version();
    return version == null ? -1 : version;
  }
}
