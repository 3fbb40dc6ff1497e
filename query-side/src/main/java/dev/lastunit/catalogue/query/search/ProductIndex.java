package dev.lastunit.catalogue.query.search;

import dev.lastunit.shared.api.NodeEvents;
import dev.lastunit.shared.api.NodeEvents.Following;
import dev.lastunit.shared.api.Positions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's search index: one generation that is searched, and while it is rebuilt another one
 * beside it, which takes its place once it has caught up.
 *
 * <p>A generation is rebuilt when it is missing, corrupt, of another schema, or made of another
 * store's events, and when {@link #rebuild()} is called. Meanwhile the old one is searched, if it
 * can be read; else nothing is, and readers are told that the index is behind. A build that a crash
 * has interrupted goes on where it was committed.
 *
 * <p>Thread-safe. Threads: one for each generation, see {@link IndexGeneration}, and one that
 * exchanges them.
 */
public final class ProductIndex implements AutoCloseable {

  /** Name under which the position of the index is shown. */
  public static final String NAME = "catalogue.search";

  private static final Logger LOG = LoggerFactory.getLogger(ProductIndex.class);

  private static final String REBUILD = NAME + ".rebuild";
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LOOK_WHILE_BUILDING = Duration.ofMillis(20);

  /** A first build counts as caught up when so few events are missing. */
  private static final long CLOSE_TO_HEAD = 1_000;

  private final Path base;
  private final NodeEvents events;
  private final Positions positions;
  private final IndexGeneration.Settings settings;
  private final int oldestReadable;

  /** Positions that readers wait for, each with a number of its own. */
  private final NavigableSet<Wanted> wanted =
      new ConcurrentSkipListSet<>(
          Comparator.comparingLong(Wanted::position).thenComparingLong(Wanted::number));

  private final AtomicLong numbers = new AtomicLong();

  /** What is searched; null while there is nothing. */
  private volatile Served served;

  /** Under the lock of {@code this}: what is being built; null when nothing is. */
  private Build build;

  private int lastNumber;
  private volatile boolean closed;
  private Thread keeper;

  private record Wanted(long position, long number) {}

  /** Something that can be searched. */
  private interface Served {

    Snapshot snapshot();

    /** Negative until it has been opened. */
    long position();

    /** Ends it and deletes its directory. Blocks. */
    void discard();
  }

  private record Running(IndexGeneration generation, Following following) implements Served {

    @Override
    public Snapshot snapshot() {
      return generation.snapshot();
    }

    @Override
    public long position() {
      return generation.isOpen() ? following.position() : -1;
    }

    @Override
    public void discard() {
      following.stop();
      delete(generation.path());
    }
  }

  /** An index of an older schema: searched, but not written any more. */
  private record Frozen(Path path, DirectoryReader reader, long position) implements Served {

    @Override
    public Snapshot snapshot() {
      return Snapshot.hold(reader);
    }

    @Override
    public void discard() {
      try {
        reader.close();
      } catch (IOException e) {
        LOG.warn("An old search index could not be closed: {}", e.toString());
      }
      delete(path);
    }
  }

  private record Build(Running running, CompletableFuture<Void> done) {}

  private record OnDisk(int number, Path path, IndexMark mark) {}

  /**
   * @param base directory of this node's indexes, made when absent
   * @param oldestReadable schema from which on an index can be searched
   */
  ProductIndex(
      Path base,
      NodeEvents events,
      Positions positions,
      StockLevels stock,
      String rowsHandler,
      double ramBufferMegabytes,
      int schema,
      int oldestReadable) {
    this.base = base;
    this.events = events;
    this.positions = positions;
    this.oldestReadable = oldestReadable;
    this.settings =
        new IndexGeneration.Settings(
            schema,
            ramBufferMegabytes,
            stock,
            () -> positions.of(rowsHandler),
            positions::head,
            this::isAwaited);
  }

  /** Takes up what is on the disk, or begins to build. Blocks for reading what is there. */
  public synchronized void start() {
    List<OnDisk> found = onDisk();
    lastNumber = found.stream().mapToInt(OnDisk::number).max().orElse(0);
    Optional<OnDisk> usable = last(found, settings.schema(), settings.schema(), true);
    usable.ifPresent(index -> served = run(index.path(), NAME));
    Optional<OnDisk> old =
        usable.isPresent()
            ? Optional.empty()
            : last(found, oldestReadable, settings.schema() - 1, true);
    old.ifPresent(index -> served = freeze(index));
    Optional<OnDisk> begun = last(found, settings.schema(), settings.schema(), false);
    begun.ifPresent(index -> build(index.path(), new CompletableFuture<>()));
    for (OnDisk index : found) {
      if (!Stream.of(usable, old, begun).anyMatch(kept -> kept.equals(Optional.of(index)))) {
        delete(index.path());
      }
    }
    if (build == null && !(served instanceof Running)) {
      buildAnew(new CompletableFuture<>());
    }
    keeper = Thread.ofPlatform().daemon().name("search-index").start(this::keep);
  }

  /**
   * What searches see now.
   *
   * @return to be closed; empty while nothing can be searched
   */
  Optional<Snapshot> snapshot() {
    while (true) {
      Served now = served;
      if (now == null) {
        return Optional.empty();
      }
      Snapshot snapshot = now.snapshot();
      if (snapshot != null) {
        return Optional.of(snapshot);
      }
      if (now == served) {
        return Optional.empty();
      }
    }
  }

  /** Position that searches see at least; negative while nothing can be searched. Never blocks. */
  public long position() {
    Served now = served;
    return now == null ? -1 : now.position();
  }

  /**
   * A reader waits for a position: it is published as soon as it is handled.
   *
   * @return to be run when it waits no longer
   */
  Runnable await(long position) {
    if (position() >= position) {
      return () -> {};
    }
    Wanted mine = new Wanted(position, numbers.incrementAndGet());
    wanted.add(mine);
    if (served instanceof Running running) {
      running.generation().wake();
    }
    return () -> wanted.remove(mine);
  }

  private boolean isAwaited(IndexGeneration generation) {
    if (wanted.isEmpty()
        || !(served instanceof Running running)
        || running.generation() != generation) {
      return false;
    }
    Wanted next = wanted.ceiling(new Wanted(running.position() + 1, 0));
    return next != null && next.position() <= positions.head();
  }

  /**
   * Builds a new index from the first event on and searches it instead of the present one once it
   * has caught up. One build runs at a time: while one does, it is the one that is answered.
   *
   * @return completes when the new index has taken over; fails when the node ends before
   */
  public synchronized CompletableFuture<Void> rebuild() {
    if (build == null) {
      buildAnew(new CompletableFuture<>());
      LockSupport.unpark(keeper);
    }
    return build.done().copy();
  }

  /** Position of the index that is being built; empty when none is. */
  public synchronized Optional<Long> rebuilt() {
    return Optional.ofNullable(build).map(it -> it.running().position());
  }

  private void buildAnew(CompletableFuture<Void> done) {
    build(base.resolve(Integer.toString(++lastNumber)), done);
  }

  private void build(Path path, CompletableFuture<Void> done) {
    build = new Build(run(path, served instanceof Running ? REBUILD : NAME), done);
  }

  private Running run(Path path, String name) {
    IndexGeneration generation = new IndexGeneration(path, name, settings);
    return new Running(generation, events.follow(generation));
  }

  private void keep() {
    while (!closed) {
      try {
        exchange();
      } catch (RuntimeException e) {
        LOG.warn("The search index could not be exchanged; trying again", e);
      }
      LockSupport.parkNanos((isBuilding() ? LOOK_WHILE_BUILDING : LOOK).toNanos());
    }
  }

  private synchronized boolean isBuilding() {
    return build != null;
  }

  /** Puts the new index in the old one's place when it can be, and away with what is useless. */
  private void exchange() {
    Served useless = null;
    synchronized (this) {
      if (closed) {
        return;
      }
      if (build != null && build.running().generation().isUnusable()) {
        useless = build.running();
        buildAnew(build.done());
      } else if (build != null && hasCaughtUp(build.running())) {
        Running fresh = build.running();
        fresh.generation().rename(NAME);
        fresh.generation().complete();
        useless = served;
        served = fresh;
        build.done().complete(null);
        build = null;
        LOG.info("The search index in {} is searched now", fresh.generation().path());
      } else if (served instanceof Running running && running.generation().isUnusable()) {
        useless = running;
        served = null;
        if (build == null) {
          buildAnew(new CompletableFuture<>());
        } else {
          build.running().generation().rename(NAME);
        }
      }
    }
    if (useless != null) {
      useless.discard();
    }
  }

  private boolean hasCaughtUp(Running fresh) {
    Served now = served;
    long position = fresh.position();
    if (now instanceof Running) {
      return now.position() >= 0 && position >= now.position();
    }
    return fresh.following().isLive()
        || position > 0
            && position >= positions.head() - CLOSE_TO_HEAD
            && (now == null || position >= now.position());
  }

  /** Ends everything, committing what was handled. The events of this node have ended before. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      LockSupport.unpark(keeper);
      if (build != null) {
        build.running().following().stop();
        build.done().cancel(false);
        build = null;
      }
    }
    switch (served) {
      case Running running -> running.following().stop();
      case Frozen frozen -> {
        try {
          frozen.reader().close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      case null, default -> {}
    }
  }

  private Frozen freeze(OnDisk index) {
    try {
      return new Frozen(
          index.path(),
          DirectoryReader.open(FSDirectory.open(index.path())),
          index.mark().position());
    } catch (IOException e) {
      LOG.warn("The old search index in {} cannot be read: {}", index.path(), e.toString());
      return null;
    }
  }

  private static Optional<OnDisk> last(
      List<OnDisk> found, int fromSchema, int toSchema, boolean complete) {
    return found.stream()
        .filter(index -> index.mark() != null)
        .filter(index -> index.mark().schema() >= fromSchema)
        .filter(index -> index.mark().schema() <= toSchema)
        .filter(index -> index.mark().complete() == complete)
        .max(Comparator.comparingInt(OnDisk::number));
  }

  private List<OnDisk> onDisk() {
    try {
      Files.createDirectories(base);
      try (Stream<Path> children = Files.list(base)) {
        return children
            .filter(path -> path.getFileName().toString().matches("[0-9]{1,9}"))
            .map(
                path ->
                    new OnDisk(Integer.parseInt(path.getFileName().toString()), path, mark(path)))
            .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The search index's directory cannot be used: " + base, e);
    }
  }

  /** What a directory's last commit says; null when there is none that can be read. */
  private static IndexMark mark(Path path) {
    try (Directory directory = FSDirectory.open(path)) {
      return IndexMark.read(SegmentInfos.readLatestCommit(directory).getUserData());
    } catch (IndexNotFoundException e) {
      return null;
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("The search index in {} cannot be read and is made anew: {}", path, e.toString());
      return null;
    }
  }

  private static void delete(Path directory) {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      LOG.warn("An old search index in {} could not be deleted: {}", directory, e.toString());
    }
  }
}
