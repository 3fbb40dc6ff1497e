package dev.lastunit.catalogue.query;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Tells many streams what of their products can be had.
 *
 * <p><b>Read once.</b> However many follow a product, a change of it is read once and its message
 * made once.
 *
 * <p><b>The latest value.</b> A stream holds at most one value for each of its products. A reader
 * that is slower than the stock gets the latest and not each in between; nobody waits for him.
 *
 * <p><b>Heartbeats.</b> One timer serves all streams.
 *
 * <p>Thread-safe; never blocks. Messages come on any thread, one after the other for each stream.
 */
public final class AvailabilityFeed implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(AvailabilityFeed.class);

  /** The contract promises 15 s between two; a late tick must not break it. */
  private static final int HEARTBEAT_SECONDS = 10;

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration TRY_AGAIN = Duration.ofMillis(500);

  private final ProductPages pages;
  private final LiveEvents live;
  private final Function<Announcement, byte[]> write;
  private final int mostStreams;
  private final Map<Sku, Topic> topics = new ConcurrentHashMap<>();
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();

  /** Streams by the second in which they get their heartbeat. */
  private final List<Set<Stream>> beats = new ArrayList<>();

  private final byte[] heartbeat;
  private LiveEvents.Watch watch;
  private Disposable ticker;
  private volatile boolean running;

  /**
   * What can be had of a product at a position.
   *
   * @param availability null when the product is not listed
   */
  public record Announcement(Sku sku, Availability availability, long position) {}

  /** An announcement with the message that says it. */
  private record Message(Announcement content, byte[] bytes) {

    private boolean saysTheSameAs(Message other) {
      return content.availability() == null
          ? other.content.availability() == null
          : content.availability().equals(other.content.availability());
    }
  }

  /**
   * @param write makes the message of an announcement; must not block
   * @param heartbeat message that says that the stream lives
   * @param mostStreams open at once
   */
  public AvailabilityFeed(
      ProductPages pages,
      LiveEvents live,
      Function<Announcement, byte[]> write,
      byte[] heartbeat,
      int mostStreams) {
    this.pages = pages;
    this.live = live;
    this.write = write;
    this.heartbeat = heartbeat.clone();
    this.mostStreams = mostStreams;
    for (int i = 0; i < HEARTBEAT_SECONDS; i++) {
      beats.add(ConcurrentHashMap.newKeySet());
    }
  }

  @Override
  public synchronized void start() {
    if (!running) {
      watch = live.watchAll(this::see);
      ticker = Flux.interval(TICK).onBackpressureDrop().subscribe(this::beat);
      running = true;
    }
  }

  /** Ends all streams: a client that comes again finds another node. */
  @Override
  public synchronized void stop() {
    if (running) {
      running = false;
      ticker.dispose();
      watch.close();
      beats.forEach(some -> some.forEach(Stream::complete));
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the web server, which would wait for the streams to end. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }

  /** Streams that are open. */
  public int open() {
    return streams.get();
  }

  /**
   * Messages of some products: for each its present value, then every change, then heartbeats in
   * between.
   *
   * @param skus at least one
   * @param minPosition the first values hold at least this, 0 for any
   * @param endsWithTheProduct whether the stream ends as soon as one of them is not listed; else
   *     that is a message like others
   * @return fails with OVERLOADED when too many are open; cold, each subscription is a stream
   */
  public Flux<byte[]> follow(Set<Sku> skus, long minPosition, boolean endsWithTheProduct) {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super byte[]> reader) {
        new Stream(reader, skus, endsWithTheProduct).open(minPosition);
      }
    };
  }

  private void see(RecordedEvent event) {
    Sku changed = ShownChanges.skuOf(event);
    Topic topic = changed == null ? null : topics.get(changed);
    if (topic != null) {
      topic.changed(event.position());
    }
  }

  private void beat(long tick) {
    beats.get((int) (tick % HEARTBEAT_SECONDS)).forEach(Stream::beat);
  }

  /** One product that somebody follows. */
  private final class Topic {

    private final Sku sku;
    private final Set<Stream> followers = ConcurrentHashMap.newKeySet();
    private final AtomicLong changedAt = new AtomicLong();
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile Message latest;

    private Topic(Sku sku) {
      this.sku = sku;
    }

    private void changed(long position) {
      changedAt.accumulateAndGet(position, Math::max);
      read();
    }

    /** Reads until everything that was seen to change was read; one read at a time. */
    private void read() {
      if (!reading.compareAndSet(false, true)) {
        return;
      }
      long wanted = changedAt.get();
      pages
          .find(sku, wanted)
          .subscribe(
              shown -> {
                Message message = message(shown);
                followers.forEach(stream -> stream.offer(this, message));
                reading.set(false);
                if (changedAt.get() > wanted) {
                  read();
                }
              },
              failure -> {
                reading.set(false);
                tryAgain(failure);
              });
    }

    private void tryAgain(Throwable failure) {
      if (running && !followers.isEmpty()) {
        LOG.debug("The availability of {} could not be read; trying again", sku, failure);
        Mono.delay(TRY_AGAIN).subscribe(tick -> read());
      }
    }

    /** The message, or a later one that was made before. */
    private synchronized Message message(ProductPages.Shown shown) {
      Availability availability = shown.page() == null ? null : shown.page().availability();
      Announcement content = new Announcement(sku, availability, shown.position());
      if (latest == null || latest.content.position() < content.position()) {
        latest = new Message(content, write.apply(content));
      }
      return latest;
    }
  }

  /** One reader. */
  private final class Stream implements Subscription {

    private final CoreSubscriber<? super byte[]> reader;
    private final Set<Sku> skus;
    private final boolean endsWithTheProduct;
    private final int second = Math.floorMod(opened.getAndIncrement(), HEARTBEAT_SECONDS);
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger work = new AtomicInteger();

    /** Latest message for each product that was not told yet. */
    private final Map<Topic, Message> untold = new ConcurrentHashMap<>();

    /** What was told last; of the thread that drains. */
    private final Map<Topic, Message> told;

    private volatile boolean beatDue;
    private volatile boolean cancelled;
    private volatile boolean completed;
    private volatile boolean closed;

    private Stream(
        CoreSubscriber<? super byte[]> reader, Set<Sku> skus, boolean endsWithTheProduct) {
      this.reader = reader;
      this.skus = skus;
      this.endsWithTheProduct = endsWithTheProduct;
      this.told = HashMap.newHashMap(skus.size());
    }

    private void open(long minPosition) {
      if (streams.incrementAndGet() > mostStreams || !running) {
        streams.decrementAndGet();
        Operators.error(
            reader,
            new Problem(ErrorCode.OVERLOADED, "Too many streams are open; try again in a moment"));
        return;
      }
      beats.get(second).add(this);
      reader.onSubscribe(this);
      for (Sku sku : skus) {
        // In its place before the first read: no change falls between the two.
        Topic topic =
            topics.compute(
                sku,
                (key, there) -> {
                  Topic joined = there == null ? new Topic(sku) : there;
                  joined.followers.add(this);
                  return joined;
                });
        first(topic, minPosition);
      }
      if (closed) {
        // The reader went while it was joining.
        leave();
      }
    }

    private void first(Topic topic, long minPosition) {
      pages
          .find(topic.sku, minPosition)
          .subscribe(
              shown -> offer(topic, topic.message(shown)),
              failure -> {
                if (!cancelled && running) {
                  Mono.delay(TRY_AGAIN).subscribe(tick -> first(topic, minPosition));
                }
              });
    }

    private void offer(Topic topic, Message message) {
      untold.merge(topic, message, (a, b) -> a.content.position() > b.content.position() ? a : b);
      drain();
    }

    private void beat() {
      beatDue = true;
      drain();
    }

    private void complete() {
      completed = true;
      drain();
    }

    @Override
    public void request(long wanted) {
      demand.accumulateAndGet(wanted, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
      drain();
    }

    @Override
    public void cancel() {
      cancelled = true;
      drain();
    }

    /** One thread at a time tells what there is to tell; others leave their work to it. */
    private void drain() {
      if (work.getAndIncrement() != 0) {
        return;
      }
      int done = 1;
      do {
        tell();
        done = work.addAndGet(-done);
      } while (done != 0);
    }

    private void tell() {
      while (!closed && !cancelled && !completed && demand.get() > 0) {
        byte[] next = next();
        if (next == null) {
          break;
        }
        demand.decrementAndGet();
        reader.onNext(next);
      }
      if (!closed && (cancelled || completed)) {
        closed = true;
        streams.decrementAndGet();
        leave();
        if (!cancelled) {
          reader.onComplete();
        }
      }
    }

    /** The next message; null when there is nothing to tell. */
    private byte[] next() {
      for (Topic topic : untold.keySet()) {
        Message message = untold.remove(topic);
        Message before = told.get(topic);
        if (message == null
            || (before != null
                && (message.saysTheSameAs(before)
                    || message.content.position() < before.content.position()))) {
          continue;
        }
        if (endsWithTheProduct && message.content.availability() == null) {
          completed = true;
          return null;
        }
        told.put(topic, message);
        beatDue = false;
        return message.bytes;
      }
      if (beatDue) {
        beatDue = false;
        return heartbeat;
      }
      return null;
    }

    private void leave() {
      beats.get(second).remove(this);
      for (Sku sku : skus) {
        topics.computeIfPresent(
            sku,
            (key, topic) -> {
              topic.followers.remove(this);
              return topic.followers.isEmpty() ? null : topic;
            });
      }
    }
  }
}
