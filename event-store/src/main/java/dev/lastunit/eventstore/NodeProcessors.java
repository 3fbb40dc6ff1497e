package dev.lastunit.eventstore;

import dev.lastunit.shared.api.NodeEventHandler;
import dev.lastunit.shared.api.NodeEvents;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every {@link NodeEventHandler} of this node on a thread of its own, each from the position
 * that it keeps itself. Nothing is claimed and nothing is written to the database.
 *
 * <p>A handler that fails is opened again after growing pauses and gets what it had not kept once
 * more: nothing is skipped. Meanwhile its lag is seen, as its position stands still.
 */
public final class NodeProcessors implements NodeEvents {

  private static final Logger LOG = LoggerFactory.getLogger(NodeProcessors.class);

  private static final long LONGEST_PAUSE_MILLIS = 10_000;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How often a handler is asked again that holds events back. */
  private static final long HELD_BACK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** While a handler catches up nobody reads the latest anyway: it publishes more rarely. */
  private static final int PACES_WHILE_BEHIND = 10;

  private static final long STOP_MILLIS = 20_000;

  private final EventFeed feed;
  private final List<Processor> processors = new CopyOnWriteArrayList<>();

  /** Guarded by this. */
  private boolean started;

  public NodeProcessors(EventFeed feed) {
    this.feed = feed;
  }

  /** Starts the handlers that are there already. The feed must have started. */
  public synchronized void start() {
    started = true;
    processors.forEach(Processor::start);
  }

  /** Ends all handlers, each after the batch in hand, and closes them. Blocks. */
  public void stop() {
    synchronized (this) {
      started = false;
    }
    processors.forEach(processor -> processor.running = false);
    processors.forEach(Processor::stop);
  }

  @Override
  public synchronized Following follow(NodeEventHandler handler) {
    Processor processor = new Processor(handler);
    processors.add(processor);
    if (started) {
      processor.start();
    }
    return processor;
  }

  /** Each handler's position, by its name. */
  Map<String, Long> positions() {
    Map<String, Long> positions = new LinkedHashMap<>();
    processors.forEach(processor -> positions.put(processor.handler.name(), processor.position()));
    return positions;
  }

  private final class Processor implements Following {

    private final NodeEventHandler handler;

    /** Of the processor's thread, which makes it; null before the handler was opened once. */
    private volatile EventFeed.Follower follower;

    private volatile Thread thread;
    private volatile boolean running = true;

    /** Position up to which the handler has taken everything. Of the processor's thread. */
    private long taken;

    private long lastPublished = System.nanoTime() - IDLE_NANOS;

    private Processor(NodeEventHandler handler) {
      this.handler = handler;
    }

    private void start() {
      thread = Thread.ofPlatform().daemon().name("node-" + handler.name()).start(this::run);
    }

    @Override
    public long position() {
      EventFeed.Follower it = follower;
      return it == null ? 0 : it.position();
    }

    @Override
    public boolean isLive() {
      EventFeed.Follower it = follower;
      return it != null && !it.isBehind();
    }

    @Override
    public void stop() {
      running = false;
      Thread it = thread;
      if (it != null) {
        LockSupport.unpark(it);
        try {
          it.join(Duration.ofMillis(STOP_MILLIS));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      processors.remove(this);
      if (follower != null) {
        feed.leave(follower);
      }
    }

    private void run() {
      boolean open = false;
      int failures = 0;
      while (running) {
        try {
          if (!open) {
            open();
            open = true;
          }
          if (!take() & !publish()) {
            await();
          }
          failures = 0;
        } catch (RuntimeException e) {
          open = false;
          long pause = Math.min(LONGEST_PAUSE_MILLIS, 100L << Math.min(failures++, 10));
          LOG.warn(
              "{} failed after position {}; trying again in {} ms",
              handler.name(),
              taken,
              pause,
              e);
          pause(pause);
        }
      }
      try {
        handler.close();
      } catch (RuntimeException e) {
        LOG.warn(
            "{} could not be closed; its last events come again: {}", handler.name(), e.toString());
      }
    }

    private void open() {
      taken = handler.open(this::wake);
      if (follower == null) {
        EventFeed.Follower fresh = feed.follow(handler.concerns());
        fresh.startFrom(taken);
        follower = fresh;
      }
    }

    /** Whether something was handed over. */
    private boolean take() {
      long limit = handler.readyUpTo();
      if (taken >= limit || !follower.isBehind(taken)) {
        return false;
      }
      EventFeed.Slice slice = follower.after(taken, handler.batchSize());
      List<RecordedEvent> batch = slice.events();
      long upTo = Math.min(slice.upTo(), limit);
      if (slice.upTo() > limit) {
        batch = batch.stream().filter(event -> event.position() <= limit).toList();
      }
      handler.handle(batch, upTo);
      taken = upTo;
      return true;
    }

    /** Whether something was published. After a failure only what readers do not see already is. */
    private boolean publish() {
      if (taken <= follower.handled() || untilDue() > 0) {
        return false;
      }
      handler.publish();
      lastPublished = System.nanoTime();
      follower.handledUpTo(taken);
      return true;
    }

    /** Nanoseconds until what was taken is to be published; 0 or less when it is. */
    private long untilDue() {
      if (handler.isAwaited()) {
        return 0;
      }
      boolean behind = follower.isBehind(taken) && taken < handler.readyUpTo();
      long pace = handler.pace().toNanos() * (behind ? PACES_WHILE_BEHIND : 1);
      return lastPublished + pace - System.nanoTime();
    }

    private void await() {
      if (follower.isBehind(taken)) {
        LockSupport.parkNanos(this, HELD_BACK_NANOS);
      } else {
        follower.await(taken, taken > follower.handled() ? Math.max(1, untilDue()) : IDLE_NANOS);
      }
    }

    private void wake() {
      LockSupport.unpark(thread);
    }

    private void pause(long millis) {
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (running && System.nanoTime() < until) {
        LockSupport.parkNanos(until - System.nanoTime());
      }
    }
  }
}
