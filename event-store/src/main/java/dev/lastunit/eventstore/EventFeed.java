package dev.lastunit.eventstore;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.axonframework.eventhandling.DomainEventMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the store as this node knows it: the last events in memory, in the order of their
 * positions, for everybody on this node who follows the store.
 *
 * <p><b>Where events come from.</b> What this node appends is handed over after its commit and is
 * not read again. Commits of several threads may arrive in another order than their positions; they
 * wait here until what is missing has come. What does not come within {@value #GAP_PATIENCE_MILLIS}
 * ms was appended by another node, or its hand-over was lost with its thread; then it is read from
 * the store, as is everything that other nodes append: when they announce it, see {@link
 * AppendNotices}, and every {@code poll} in any case.
 *
 * <p><b>Who is woken.</b> A follower names the events that concern it and is woken by these only.
 * It has followed the store up to the head as soon as it has handled the last event that concerns
 * it, so that nobody needs a transaction to pass over what is none of its business.
 *
 * <p><b>Threads.</b> Thread-safe. Appending takes a short lock; reading what is in memory takes
 * none. One daemon thread between {@link #start()} and {@link #stop()} reads what is missing.
 */
public final class EventFeed implements AppendListener {

  private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

  /** Events in memory; a power of two. About 1 KB each. */
  static final int CAPACITY = 1 << 14;

  private static final int MASK = CAPACITY - 1;
  private static final int READ_AT_ONCE = 1_000;
  private static final long GAP_PATIENCE_MILLIS = 5;

  /** What a follower has been given. */
  record Slice(List<RecordedEvent> events, long upTo) {}

  /** One who follows the store. */
  final class Follower {

    private final Set<Class<? extends Event>> concerns;

    /** Position of the last event in the feed that concerns the follower. */
    private volatile long lastConcern;

    private volatile long handled;
    private volatile Thread waiting;

    private Follower(Set<Class<? extends Event>> concerns) {
      this.concerns = concerns;
    }

    /** Takes up from a position: everything after it is still to be handled. */
    void startFrom(long position) {
      lock.lock();
      try {
        handled = position;
        lastConcern = Math.max(position, head);
      } finally {
        lock.unlock();
      }
    }

    /** Everything up to this position has been handled, and its effects are visible. */
    void handledUpTo(long position) {
      handled = position;
    }

    /**
     * Position up to which everything that concerns the follower has been handled; never blocks.
     */
    long position() {
      // In this order: a concern is noted before the head moves beyond it.
      long seen = head;
      long concern = lastConcern;
      long done = handled;
      return done >= concern ? Math.max(done, seen) : done;
    }

    /** Position up to which everything has been handled. */
    long handled() {
      return handled;
    }

    /** Whether something that concerns the follower has not been handled. */
    boolean isBehind() {
      return isBehind(handled);
    }

    /** Whether something after this position concerns the follower. */
    boolean isBehind(long position) {
      return lastConcern > position;
    }

    /** Waits until something concerns the follower, the time is over, or it is interrupted. */
    void await(long nanos) {
      await(handled, nanos);
    }

    /** The same for a follower that has taken more than it has handled. */
    void await(long taken, long nanos) {
      waiting = Thread.currentThread();
      try {
        if (!isBehind(taken) && !Thread.currentThread().isInterrupted()) {
          LockSupport.parkNanos(this, nanos);
        }
      } finally {
        waiting = null;
      }
    }

    /**
     * The next events that concern the follower, from memory when they are there, else from the
     * store. Blocks for at most one read of the store.
     *
     * @param limit of events in the answer
     * @return the events, none when nothing among those looked at concerns the follower, and the
     *     position up to which everything has been looked at
     */
    Slice next(int limit) {
      return after(handled, limit);
    }

    /** The same after a position that the follower has taken, be it handled or not. */
    Slice after(long position, int limit) {
      return EventFeed.this.after(position, limit, concerns);
    }

    private void wake() {
      Thread sleeper = waiting;
      if (sleeper != null) {
        LockSupport.unpark(sleeper);
      }
    }
  }

  private final PostgresEventStorageEngine engine;
  private final long pollMillis;
  private final AtomicReferenceArray<RecordedEvent> recent = new AtomicReferenceArray<>(CAPACITY);
  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private final Map<Class<?>, List<Follower>> byType = new HashMap<>();
  private final TreeMap<Long, List<RecordedEvent>> early = new TreeMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition somethingMissing = lock.newCondition();

  /** Position that another node says to have appended; guarded by the lock. */
  private long announced;

  private volatile long head;
  private volatile boolean started;
  private volatile Thread thread;

  /**
   * @param pollMillis how often the store is asked for what other nodes have appended, at least 1
   */
  public EventFeed(PostgresEventStorageEngine engine, long pollMillis) {
    this.engine = engine;
    this.pollMillis = pollMillis;
  }

  /** Begins at the head of the store. Blocks for one read. */
  public void start() {
    lock.lock();
    try {
      if (started) {
        return;
      }
      begin(engine.lastPosition());
      thread = Thread.ofPlatform().daemon().name("event-feed").unstarted(this::run);
      thread.start();
    } finally {
      lock.unlock();
    }
  }

  /** From now on takes what is handed over; reads nothing by itself. */
  void begin(long position) {
    lock.lock();
    try {
      head = position;
      started = true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread that reads. What this node appends is still handed on. */
  public void stop() {
    Thread running = thread;
    thread = null;
    if (running == null) {
      return;
    }
    running.interrupt();
    try {
      running.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Another node has committed events up to this position: reads them at once. */
  void appendedElsewhere(long position) {
    lock.lock();
    try {
      if (position > head && position > announced) {
        announced = position;
        somethingMissing.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Other nodes may have appended something: reads on at once. */
  void lookAgain() {
    appendedElsewhere(Long.MAX_VALUE);
  }

  /** Position of the last event in the feed. */
  public long head() {
    return head;
  }

  /**
   * A new follower, which begins at the head.
   *
   * @param concerns classes of events, or sealed interfaces of them
   */
  Follower follow(Collection<Class<? extends Event>> concerns) {
    Set<Class<? extends Event>> types = new HashSet<>();
    for (String name : EventTypes.names()) {
      Class<? extends Event> type = EventTypes.classOf(name);
      if (concerns.stream().anyMatch(concern -> concern.isAssignableFrom(type))) {
        types.add(type);
      }
    }
    Follower follower = new Follower(types);
    lock.lock();
    try {
      followers.add(follower);
      for (Class<? extends Event> type : types) {
        byType.computeIfAbsent(type, key -> new ArrayList<>()).add(follower);
      }
      follower.startFrom(head);
    } finally {
      lock.unlock();
    }
    return follower;
  }

  /** A follower is not told any more. */
  void leave(Follower follower) {
    lock.lock();
    try {
      followers.remove(follower);
      byType.values().forEach(told -> told.remove(follower));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void committed(long firstPosition, List<? extends DomainEventMessage<?>> events) {
    List<RecordedEvent> recorded = new ArrayList<>(events.size());
    long position = firstPosition;
    for (DomainEventMessage<?> event : events) {
      recorded.add(RecordedEvents.of(position++, event));
    }
    lock.lock();
    try {
      if (started) {
        take(recorded);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: takes events that may be late, in place, or early. */
  private void take(List<RecordedEvent> events) {
    long first = events.getFirst().position();
    long last = events.getLast().position();
    if (last <= head) {
      return;
    }
    if (first > head + 1) {
      if (early.isEmpty()) {
        somethingMissing.signal();
      }
      early.put(first, events);
      return;
    }
    append(events);
    while (!early.isEmpty() && early.firstKey() <= head + 1) {
      append(early.pollFirstEntry().getValue());
    }
  }

  private void append(List<RecordedEvent> events) {
    Map<Follower, Long> concerned = new HashMap<>();
    long last = head;
    for (RecordedEvent event : events) {
      if (event.position() <= last) {
        continue;
      }
      last = event.position();
      recent.set((int) (last & MASK), event);
      for (Follower follower : byType.getOrDefault(event.payload().getClass(), List.of())) {
        concerned.put(follower, last);
      }
    }
    // A follower must not take the new head for handled before it knows what concerns it there.
    concerned.forEach((follower, position) -> follower.lastConcern = position);
    head = last;
    concerned.keySet().forEach(Follower::wake);
  }

  private Slice after(long position, int limit, Set<Class<? extends Event>> concerns) {
    long end = head;
    if (position >= end) {
      return new Slice(List.of(), position);
    }
    List<RecordedEvent> found = new ArrayList<>(Math.min(limit, 64));
    for (long next = position + 1; next <= end; next++) {
      RecordedEvent event = recent.get((int) (next & MASK));
      if (event == null || event.position() != next) {
        // Not in memory any more, or never was: older than the feed remembers.
        return next > position + 1
            ? new Slice(found, next - 1)
            : fromStore(position, limit, concerns);
      }
      if (concerns.contains(event.payload().getClass())) {
        found.add(event);
        if (found.size() == limit) {
          return new Slice(found, next);
        }
      }
    }
    return new Slice(found, end);
  }

  private Slice fromStore(long position, int limit, Set<Class<? extends Event>> concerns) {
    PostgresEventStorageEngine.Read read = engine.read(position, READ_AT_ONCE, concerns::contains);
    List<RecordedEvent> found = read.events();
    if (found.size() > limit) {
      found = found.subList(0, limit);
      return new Slice(List.copyOf(found), found.getLast().position());
    }
    return new Slice(found, read.upTo());
  }

  private void run() {
    while (thread == Thread.currentThread()) {
      try {
        if (somethingToRead()) {
          catchUp();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (thread == Thread.currentThread()) {
          LOG.warn("Reading the store's end failed; trying again: {}", e.toString());
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
      }
    }
  }

  /** Waits for the next poll, or shortly for what is missing before something that came early. */
  private boolean somethingToRead() throws InterruptedException {
    lock.lock();
    try {
      if (early.isEmpty() && announced <= head) {
        boolean elapsed = !somethingMissing.await(pollMillis, TimeUnit.MILLISECONDS);
        if (elapsed && early.isEmpty()) {
          return true;
        }
      }
      if (announced > head) {
        // Once only: whoever announces what is not there must not keep the thread busy.
        announced = 0;
        return true;
      }
      long before = head;
      long patience = TimeUnit.MILLISECONDS.toNanos(GAP_PATIENCE_MILLIS);
      while (!early.isEmpty() && patience > 0) {
        patience = somethingMissing.awaitNanos(patience);
      }
      return !early.isEmpty() && head == before;
    } finally {
      lock.unlock();
    }
  }

  private void catchUp() {
    while (thread == Thread.currentThread()) {
      PostgresEventStorageEngine.Read read = engine.read(head, READ_AT_ONCE, type -> true);
      if (read.events().isEmpty()) {
        return;
      }
      lock.lock();
      try {
        take(read.events());
      } finally {
        lock.unlock();
      }
      if (read.events().size() < READ_AT_ONCE) {
        return;
      }
    }
  }
}
