package dev.lastunit.eventstore;

import dev.lastunit.shared.api.CheckpointedEventHandler;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.NodeName;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.WrittenPositions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs every {@link EventBatchHandler} on a thread of its own, each from its own position.
 *
 * <p><b>Exactly once in effect.</b> What a handler writes and its new position commit in one
 * transaction. A batch that fails is rolled back and delivered again, after growing pauses, until
 * it succeeds: nothing is skipped.
 *
 * <p><b>One node a handler.</b> A node claims a handler for {@link #CLAIM} and renews its claims
 * while it lives; a claim that has run out may be taken by another node. A batch commits only while
 * the claim is held, as the statement that stores the position demands it, and that nobody has
 * handled the batch already.
 *
 * <p><b>Checkpoints.</b> A {@link CheckpointedEventHandler} takes events into memory and writes
 * when it must; its position in the table is that of its last checkpoint, and what comes after is
 * delivered again when another node, or the next start, takes up from there. A checkpoint commits
 * only while the claim is held.
 *
 * <p><b>What concerns nobody costs nothing.</b> Events that do not concern a handler cause no
 * transaction; the position beyond them is stored with the next batch, or with the next renewal of
 * the claims.
 *
 * <p><b>Measured.</b> {@code lastunit.projection.delay}: from an event's recording, which is some
 * moments before its commit, to the commit of what its handler made of it; by handler, those that
 * write by checkpoints left out. Events that a handler is late for count too, as when it replays.
 */
public final class EventProcessors implements Positions, WrittenPositions {

  private static final Logger LOG = LoggerFactory.getLogger(EventProcessors.class);

  /** After so long without a sign of life another node takes over a handler. */
  static final Duration CLAIM = Duration.ofSeconds(5);

  private static final Duration RENEW = Duration.ofSeconds(1);
  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How often a handler is asked whether it wants a checkpoint while no event comes. */
  private static final long CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Map<String, Processor> processors = new LinkedHashMap<>();
  private final EventFeed feed;
  private final StoreHead head;
  private final PositionStore store;
  private final TransactionTemplate transaction;
  private final NodeProcessors nodeProcessors;
  private final MeterRegistry meters;
  private final Clock clock;
  private volatile boolean running;
  private volatile Thread keeper;

  /**
   * @param nodeProcessors whose positions are told with those of the handlers here
   * @param node name under which handlers are claimed; two nodes that live at the same time must
   *     not share one
   * @param clock the one that events are recorded by
   */
  public EventProcessors(
      List<EventBatchHandler> handlers,
      EventFeed feed,
      StoreHead head,
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      NodeName node,
      NodeProcessors nodeProcessors,
      MeterRegistry meters,
      Clock clock) {
    this.meters = meters;
    this.clock = clock;
    this.feed = feed;
    this.nodeProcessors = nodeProcessors;
    this.head = head;
    this.store = new PositionStore(jdbc, node.value(), CLAIM);
    this.transaction = new TransactionTemplate(transactions);
    for (EventBatchHandler handler : handlers) {
      if (processors.put(handler.name(), new Processor(handler)) != null) {
        throw new IllegalStateException("Two event handlers have the name " + handler.name());
      }
    }
  }

  /** Claims what is free, blocking for two statements, and starts. The feed must have started. */
  public synchronized void start() {
    if (running) {
      return;
    }
    store.create(processors.keySet());
    running = true;
    renew();
    processors.values().forEach(Processor::start);
    keeper = Thread.ofPlatform().daemon().name("processor-claims").start(this::keep);
  }

  /** Ends after the batches in hand, stores the positions, and lets the claims go. Blocks. */
  public synchronized void stop() {
    if (!running) {
      return;
    }
    running = false;
    LockSupport.unpark(keeper);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    for (Processor processor : processors.values()) {
      processor.stop(deadline);
    }
    try {
      keeper.join(1_000);
      store.renew(claimed());
      store.release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("Claims could not be released; they run out by themselves: {}", e.toString());
    }
  }

  @Override
  public long of(String handler) {
    Processor processor = processors.get(handler);
    if (processor != null) {
      return processor.position();
    }
    Long ofNode = nodeProcessors.positions().get(handler);
    if (ofNode == null) {
      throw new IllegalArgumentException("No event handler has the name " + handler);
    }
    return ofNode;
  }

  @Override
  public Map<String, Long> written() {
    Map<String, Long> written = new LinkedHashMap<>();
    processors.forEach((name, processor) -> written.put(name, processor.written()));
    return written;
  }

  @Override
  public long head() {
    return head.position();
  }

  @Override
  public Map<String, Long> all() {
    Map<String, Long> positions = new LinkedHashMap<>();
    processors.forEach((name, processor) -> positions.put(name, processor.position()));
    positions.putAll(nodeProcessors.positions());
    return positions;
  }

  @Override
  public long slowest() {
    long slowest = head();
    for (Processor processor : processors.values()) {
      slowest = Math.min(slowest, processor.position());
    }
    return slowest;
  }

  private void keep() {
    while (running) {
      LockSupport.parkNanos(RENEW.toNanos());
      if (!running) {
        return;
      }
      try {
        renew();
      } catch (RuntimeException e) {
        LOG.warn("Renewing the claims of event handlers failed; trying again: {}", e.toString());
      }
    }
  }

  private void renew() {
    Map<String, Long> mine = claimed();
    Set<String> kept = store.renew(mine);
    for (String name : mine.keySet()) {
      if (!kept.contains(name)) {
        processors.get(name).lost();
      }
    }
    if (kept.size() < processors.size()) {
      store.claim(unclaimed()).forEach(this::gained);
      store.positions().forEach(this::elsewhere);
    }
  }

  private List<String> unclaimed() {
    return processors.entrySet().stream()
        .filter(entry -> !entry.getValue().claimed)
        .map(Map.Entry::getKey)
        .toList();
  }

  private void gained(String name, PositionStore.Claim claim) {
    processors.get(name).gained(claim);
  }

  private void elsewhere(String name, long position) {
    Processor processor = processors.get(name);
    if (processor != null) {
      processor.elsewhere = position;
    }
  }

  private Map<String, Long> claimed() {
    Map<String, Long> mine = new LinkedHashMap<>();
    processors.forEach(
        (name, processor) -> {
          if (processor.claimed) {
            mine.put(name, processor.durable());
          }
        });
    return mine;
  }

  private Timer delayOf(String handler) {
    return Timer.builder("lastunit.projection.delay")
        .description("From an event's recording to the commit of what its handler made of it")
        .tag("handler", handler)
        .publishPercentileHistogram()
        .register(meters);
  }

  /** The claim went to another node while a batch was in hand. */
  private static final class ClaimLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClaimLostException(String handler) {
      super("Another node has taken over " + handler);
    }
  }

  /**
   * A claim of this node.
   *
   * @param seenUpTo end of the store at that time: events up to there may have come before
   */
  private record Gain(PositionStore.Claim claim, long seenUpTo) {}

  private final class Processor {

    private final EventBatchHandler handler;

    /** The handler if it writes by checkpoints, else null. */
    private final CheckpointedEventHandler checkpointed;

    private final EventFeed.Follower follower;

    /** Null for a handler that writes by checkpoints. */
    private final Timer delay;

    private Thread thread;
    private volatile boolean claimed;

    /** A claim that the processor's thread has not taken up yet; null when there is none. */
    private final AtomicReference<Gain> gain = new AtomicReference<>();

    /** Position of the last checkpoint. Written by the processor's thread alone. */
    private volatile long durable;

    /** Position that was stored with the last batch, or found when the claim began. */
    private volatile long written;

    /** Whether the handler holds memory for a claim of this node. Of the processor's thread. */
    private boolean begun;

    /** The claim that the memory is of. Of the processor's thread. */
    private long claimNumber;

    /** Position that the table says, for when another node runs the handler. */
    private volatile long elsewhere;

    private Processor(EventBatchHandler handler) {
      this.handler = handler;
      this.checkpointed = handler instanceof CheckpointedEventHandler it ? it : null;
      this.follower = feed.follow(handler.concerns());
      this.delay = checkpointed == null ? delayOf(handler.name()) : null;
    }

    private void start() {
      thread = Thread.ofPlatform().daemon().name("processor-" + handler.name()).start(this::run);
    }

    private void stop(long deadline) {
      LockSupport.unpark(thread);
      try {
        thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (checkpointed != null && claimed && !thread.isAlive()) {
        try {
          checkpoint(true);
        } catch (RuntimeException e) {
          LOG.warn(
              "{} could not write its last checkpoint; its last events come again: {}",
              handler.name(),
              e.toString());
        }
      }
    }

    private long position() {
      return claimed ? follower.position() : elsewhere;
    }

    private long written() {
      if (!claimed) {
        return elsewhere;
      }
      return checkpointed == null ? written : durable;
    }

    /** Position that may be stored: nothing up to it has to be delivered again. */
    private long durable() {
      return checkpointed == null ? follower.position() : durable;
    }

    private void gained(PositionStore.Claim claim) {
      follower.startFrom(claim.position());
      written = claim.position();
      if (checkpointed != null) {
        gain.set(new Gain(claim, store.head()));
      }
      claimed = true;
      LockSupport.unpark(thread);
    }

    private void lost() {
      LOG.info("{} is run by another node now", handler.name());
      elsewhere = follower.position();
      claimed = false;
    }

    private void run() {
      int failures = 0;
      long pace = handler.pace().toNanos();
      long next = System.nanoTime();
      while (running) {
        boolean writes = checkpointed != null && isCheckpointDue();
        if (!writes && (!claimed || !follower.isBehind())) {
          follower.await(checkpointed == null ? IDLE_NANOS : CHECKPOINT_NANOS);
          continue;
        }
        long early = next - System.nanoTime();
        if (!writes && early > 0) {
          LockSupport.parkNanos(early);
          continue;
        }
        try {
          if (writes) {
            checkpoint(false);
          } else {
            long begun = System.nanoTime();
            // What is left of a full batch has waited long enough, and fills the next one.
            next = step() ? begun : begun + pace;
          }
          failures = 0;
        } catch (ClaimLostException e) {
          lost();
        } catch (RuntimeException e) {
          long pause = Math.min(LONGEST_PAUSE_MILLIS, 100L << Math.min(failures++, 10));
          LOG.warn(
              "{} failed after position {}; trying again in {} ms",
              handler.name(),
              follower.position(),
              pause,
              e);
          pause(pause);
        }
      }
    }

    /**
     * Takes up a claim that was gained. The follower is set back once more, by the thread that
     * moves it: a batch of an earlier claim may have moved it on since the keeper set it.
     */
    private void begin() {
      Gain gained = gain.getAndSet(null);
      if (gained != null) {
        begun = true;
        follower.startFrom(gained.claim().position());
        durable = gained.claim().position();
        claimNumber = gained.claim().number();
        checkpointed.begin(gained.seenUpTo(), () -> LockSupport.unpark(thread));
      }
    }

    private boolean isCheckpointDue() {
      if (!claimed) {
        if (begun) {
          begun = false;
          checkpointed.lost();
        }
        return false;
      }
      begin();
      if (checkpointed.wantsCheckpoint()) {
        return true;
      }
      durable = Math.max(durable, checkpointed.durableUpTo(follower.position()));
      return false;
    }

    /** The position beyond what is written is stored with the next renewal of the claims. */
    private void checkpoint(boolean ending) {
      begin();
      transaction.executeWithoutResult(
          status -> {
            checkpointed.checkpoint(ending);
            if (!store.holds(handler.name(), claimNumber)) {
              throw new ClaimLostException(handler.name());
            }
          });
      checkpointed.committed();
      durable = Math.max(durable, checkpointed.durableUpTo(follower.position()));
    }

    /** Handles the next batch; answers whether it was full. */
    private boolean step() {
      EventFeed.Slice slice = follower.next(handler.batchSize());
      List<RecordedEvent> batch = slice.events();
      if (checkpointed != null) {
        if (!batch.isEmpty()) {
          checkpointed.handle(batch);
        }
        follower.handledUpTo(slice.upTo());
        return batch.size() == handler.batchSize();
      }
      if (batch.isEmpty()) {
        follower.handledUpTo(slice.upTo());
        return false;
      }
      transaction.executeWithoutResult(
          status -> {
            handler.handle(batch);
            if (!store.advance(handler.name(), batch.getFirst().position(), slice.upTo())) {
              throw new ClaimLostException(handler.name());
            }
          });
      // Before others see how far it is: they rely on it.
      written = slice.upTo();
      follower.handledUpTo(slice.upTo());
      measure(batch);
      try {
        handler.committed();
      } catch (RuntimeException e) {
        LOG.error("{} failed after the commit of position {}", handler.name(), slice.upTo(), e);
      }
      return batch.size() == handler.batchSize();
    }

    private void measure(List<RecordedEvent> batch) {
      Instant now = clock.instant();
      for (RecordedEvent event : batch) {
        delay.record(Duration.between(event.at(), now));
      }
    }

    private void pause(long millis) {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (running && System.nanoTime() < until) {
        LockSupport.parkNanos(until - System.nanoTime());
      }
    }
  }
}
