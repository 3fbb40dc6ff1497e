package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.NodeEventHandler;
import dev.lastunit.shared.api.RecordedEvent;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One index in a directory of its own, from its first event on. Position and index are committed
 * together; what came after the last commit is handled again after a crash.
 *
 * <p>Searches see it through readers of what was written so far, committed or not. A reader takes
 * some work the more products there are, so publications keep a pace: at most about a fifth of the
 * time goes into them, unless somebody waits.
 *
 * <p>Written by its processor's thread; {@link #snapshot()}, {@link #complete()} and the getters by
 * any thread.
 */
final class IndexGeneration implements NodeEventHandler {

  private static final Logger LOG = LoggerFactory.getLogger(IndexGeneration.class);

  /** After so long, or so many events, what was written is committed, which waits for the disk. */
  private static final long COMMIT_AFTER_NANOS = Duration.ofSeconds(30).toNanos();

  private static final long COMMIT_AFTER_EVENTS = 500_000;

  private static final Duration SHORTEST_PACE = Duration.ofMillis(100);
  private static final Duration LONGEST_PACE = Duration.ofSeconds(5);
  private static final int PACE_OF_COST = 4;

  private final Path path;
  private final Settings settings;
  private volatile String name;

  private Directory directory;
  private IndexWriter writer;
  private IndexWriting writing;

  /** Reader of what the writer holds; of this thread. */
  private DirectoryReader latest;

  /** What searches see; replaced and let go under the lock of {@code this}. */
  private volatile DirectoryReader published;

  private IndexMark mark;
  private IndexMark committed;

  /** Whether the store's events are the ones that the index was made of. */
  private boolean known;

  private boolean changed;
  private long events;
  private long lastCommit;
  private Duration pace = SHORTEST_PACE;
  private volatile boolean complete;
  private volatile boolean unusable;
  private volatile Runnable wake = () -> {};

  /**
   * What all generations share.
   *
   * @param schema of what is written
   * @param ramBufferMegabytes after so much in memory a part is written
   * @param readyUpTo position up to which the rows are there that stock is read from
   * @param head position of the store's last event
   * @param awaited whether somebody waits for what a generation has handled
   */
  record Settings(
      int schema,
      double ramBufferMegabytes,
      StockLevels stock,
      LongSupplier readyUpTo,
      LongSupplier head,
      Predicate<IndexGeneration> awaited) {}

  /**
   * @param path of its directory, made when absent
   */
  IndexGeneration(Path path, String name, Settings settings) {
    this.path = path;
    this.name = name;
    this.settings = settings;
    this.mark = IndexMark.empty(settings.schema());
    this.committed = mark;
  }

  @Override
  public String name() {
    return name;
  }

  void rename(String other) {
    name = other;
  }

  Path path() {
    return path;
  }

  /** Whether there is something to search. */
  boolean isOpen() {
    return published != null;
  }

  /** Whether the index is corrupt, or made of the events of another store. */
  boolean isUnusable() {
    return unusable;
  }

  /** The index has caught up: the next commit says so, and comes at once. */
  void complete() {
    complete = true;
    wake.run();
  }

  /** Somebody waits for what was handled. */
  void wake() {
    wake.run();
  }

  /** What searches see; null while nothing was published, or after the end. */
  synchronized Snapshot snapshot() {
    return Snapshot.hold(published);
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(ProductEvent.class, StockEvent.class);
  }

  @Override
  public Duration pace() {
    return pace;
  }

  @Override
  public boolean isAwaited() {
    return settings.awaited().test(this) || complete && !committed.complete();
  }

  @Override
  public long readyUpTo() {
    return settings.readyUpTo().getAsLong();
  }

  @Override
  public long open(Runnable wakeUp) {
    wake = wakeUp;
    try {
      if (writer != null && writer.isOpen()) {
        // A failure outside the index. The batch comes again, which does no harm.
        return mark.position();
      }
      letGo();
      refuseUnusable();
      directory = FSDirectory.open(path);
      writer = new IndexWriter(directory, config(settings.ramBufferMegabytes()));
      mark = marked(writer);
      committed = mark;
      complete |= mark.complete();
      known = mark.last() == 0;
      if (mark.position() > settings.head().getAsLong()) {
        throw unusable("is of a later position than the event store", null);
      }
      latest = DirectoryReader.open(writer);
      writing = new IndexWriting(writer, latest, settings.stock());
      if (published == null) {
        publish(latest);
      }
      changed = false;
      events = 0;
      lastCommit = System.nanoTime();
      // The last event comes again, to see that it is the same one.
      return known ? mark.position() : mark.last() - 1;
    } catch (CorruptIndexException
        | IndexFormatTooOldException
        | IndexFormatTooNewException
        | FileNotFoundException
        | NoSuchFileException
        | EOFException
        | IllegalArgumentException e) {
      throw unusable("cannot be read", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void refuseUnusable() {
    if (unusable) {
      throw new IllegalStateException("The search index in " + path + " cannot be used");
    }
  }

  private IllegalStateException unusable(String why, Exception cause) {
    unusable = true;
    return new IllegalStateException("The search index in " + path + " " + why, cause);
  }

  private static IndexWriterConfig config(double ramBufferMegabytes) {
    return new IndexWriterConfig(new KeywordAnalyzer())
        .setSimilarity(new WordScores())
        .setRAMBufferSizeMB(ramBufferMegabytes)
        .setCommitOnClose(false);
  }

  private IndexMark marked(IndexWriter of) {
    Map<String, String> data = new HashMap<>();
    if (of.getLiveCommitData() != null) {
      of.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    }
    return data.isEmpty() ? IndexMark.empty(settings.schema()) : IndexMark.read(data);
  }

  @Override
  public void handle(List<RecordedEvent> batch, long upTo) {
    if (!known) {
      recognise(batch, upTo);
    }
    try {
      if (!batch.isEmpty()) {
        changed |= writing.write(batch);
        events += batch.size();
      }
      mark = mark.handled(batch, upTo);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An index goes on only with the events that it was made of. */
  private void recognise(List<RecordedEvent> batch, long upTo) {
    for (RecordedEvent event : batch) {
      known |= mark.isLast(event);
    }
    if (!known && upTo >= mark.last()) {
      throw unusable("was made of another event store's events", null);
    }
  }

  @Override
  public void publish() {
    try {
      if (changed) {
        long start = System.nanoTime();
        DirectoryReader fresh = DirectoryReader.openIfChanged(latest, writer);
        if (fresh != null) {
          DirectoryReader before = latest;
          latest = fresh;
          writing.read(fresh);
          publish(fresh);
          before.decRef();
        }
        changed = false;
        pace = pace(System.nanoTime() - start);
      }
      if (isCommitDue()) {
        commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Duration pace(long cost) {
    long nanos = Math.clamp(PACE_OF_COST * cost, SHORTEST_PACE.toNanos(), LONGEST_PACE.toNanos());
    return Duration.ofNanos(nanos);
  }

  private synchronized void publish(DirectoryReader reader) throws IOException {
    DirectoryReader before = published;
    reader.incRef();
    published = reader;
    if (before != null) {
      before.decRef();
    }
  }

  private boolean isCommitDue() {
    return complete && !committed.complete()
        || events >= COMMIT_AFTER_EVENTS
        || events > 0 && System.nanoTime() - lastCommit >= COMMIT_AFTER_NANOS;
  }

  private void commit() throws IOException {
    if (complete) {
      mark = mark.completed();
    }
    writer.setLiveCommitData(mark.data().entrySet());
    writer.commit();
    committed = mark;
    events = 0;
    lastCommit = System.nanoTime();
  }

  /** Commits, so that the next start need not handle anything again, and lets go of everything. */
  @Override
  public void close() {
    try {
      if (writer != null && writer.isOpen() && !unusable && !mark.equals(committed)) {
        commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      letGo();
      synchronized (this) {
        release(published);
        published = null;
      }
    }
  }

  private void letGo() {
    release(latest);
    latest = null;
    try {
      if (writer != null && writer.isOpen()) {
        writer.rollback();
      }
      if (directory != null) {
        directory.close();
      }
    } catch (IOException e) {
      LOG.warn("The search index in {} could not be closed: {}", path, e.toString());
    } finally {
      writer = null;
      directory = null;
    }
  }

  private static void release(DirectoryReader reader) {
    if (reader != null) {
      try {
        reader.decRef();
      } catch (IOException e) {
        LOG.warn("A reader of the search index could not be closed: {}", e.toString());
      }
    }
  }
}
