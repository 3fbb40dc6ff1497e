package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.command.web.ImportOptions.Format;
import dev.lastunit.catalogue.command.web.ImportStore.Job;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Takes in files of products and works them off in the background, one at a time on each node.
 *
 * <p>A file is written to the import directory, synchronised to disk and entered in the database
 * before it is promised. From then on the import survives restarts: one that was cut off goes on
 * after the last record that is known to be done; the records before it are only read. A file stays
 * with the node that took it in. One that comes again, word for word, while its import has not
 * ended is the same import.
 *
 * <p>Threads: what returns a {@link Mono} never blocks; files and the database are worked on by
 * threads made for it.
 */
@Component
class Imports implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(Imports.class);

  /** How often a running import is written to the database. */
  private static final Duration CHECKPOINT = Duration.ofSeconds(1);

  /** How long a stop waits for the import that runs. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final Duration SETTLE_PAUSE = Duration.ofSeconds(1);

  private static final String PART = ".part";

  private static final int GZIP_BUFFER_BYTES = 64 * 1024;

  private final Commands commands;
  private final Positions positions;
  private final ImportStore store;
  private final Clock clock;
  private final Supplier<UUID> idSource;
  private final Path directory;

  /** Imports whose files are coming in and are not in the database yet. */
  private final Set<String> incoming = ConcurrentHashMap.newKeySet();

  /** Imports that wait for the worker or are worked off. */
  private final Map<String, ImportProgress> active = new ConcurrentHashMap<>();

  private ExecutorService worker;
  private volatile boolean running;

  /**
   * @param positions of the event handlers, which an import does not leave far behind
   * @param idSource identifiers for imports
   * @param dataDirectory the node's own directory; imports get a folder in it
   */
  Imports(
      Commands commands,
      Positions positions,
      ImportStore store,
      Clock clock,
      Supplier<UUID> idSource,
      @Value("${lastunit.data-dir:./data}") String dataDirectory) {
    this.commands = commands;
    this.positions = positions;
    this.store = store;
    this.clock = clock;
    this.idSource = idSource;
    this.directory = Path.of(dataDirectory).toAbsolutePath().resolve("imports");
  }

  /** Takes up what an earlier run of this node has left; returns at once. */
  @Override
  public synchronized void start() {
    worker =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().name("catalogue-import").factory());
    running = true;
    worker.execute(this::resume);
  }

  /** Ends what is running where it is; it is done again after the next start. */
  @Override
  public synchronized void stop() {
    running = false;
    worker.shutdownNow();
    try {
      if (!worker.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("An import still runs after {}", GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /**
   * Takes in a file.
   *
   * @param body the file as it comes; its buffers are released
   * @return the import's identifier, once the import is certain to be worked off
   */
  Mono<String> accept(Caller caller, ImportOptions options, Flux<DataBuffer> body) {
    return Mono.defer(
        () -> {
          var importId = "imp-" + idSource.get();
          var file = directory.resolve(importId + suffix(options));
          var part = directory.resolve(importId + PART);
          var digest = sha256();
          incoming.add(importId);
          return blocking(() -> Files.createDirectories(directory))
              .then(
                  DataBufferUtils.write(
                      body.doOnNext(buffer -> update(digest, buffer)),
                      part,
                      StandardOpenOption.CREATE_NEW,
                      StandardOpenOption.WRITE))
              .then(
                  blocking(
                      () -> {
                        checkBeginning(part, options);
                        keep(part, file);
                        return promise(
                            new Job(
                                importId,
                                file.getFileName().toString(),
                                HexFormat.of().formatHex(digest.digest()),
                                options,
                                caller.subject() == null ? null : caller.subject().value()));
                      }))
              .onErrorResume(fault -> discard(part).then(Mono.error(fault)))
              .doOnCancel(() -> discard(part).subscribe())
              .doFinally(end -> incoming.remove(importId));
        });
  }

  /** How far an import has got; empty when there is none of this name. */
  Mono<ImportView> find(String importId) {
    return Mono.defer(
        () -> {
          var progress = active.get(importId);
          return progress == null
              ? blocking(() -> store.find(importId)).flatMap(Mono::justOrEmpty)
              : Mono.just(progress.view());
        });
  }

  /** Enters the import in the database, unless the same one has not ended yet. */
  private synchronized String promise(Job job) throws IOException {
    for (var other : store.running()) {
      if (other.isSameAs(job) && Files.exists(directory.resolve(other.spoolFile()))) {
        Files.deleteIfExists(directory.resolve(job.spoolFile()));
        return other.importId();
      }
    }
    store.insert(job, clock.instant());
    submit(job, ImportView.notBegun(job.importId()));
    return job.importId();
  }

  private static void update(MessageDigest digest, DataBuffer buffer) {
    try (var parts = buffer.readableByteBuffers()) {
      parts.forEachRemaining(digest::update);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Hands the import to the worker; before the start it waits in the database for that. */
  private synchronized void submit(Job job, ImportView before) throws IOException {
    var progress = new ImportProgress(before, Files.size(directory.resolve(job.spoolFile())));
    if (running && active.putIfAbsent(job.importId(), progress) == null) {
      worker.execute(() -> work(job));
    }
  }

  private void resume() {
    try {
      Files.createDirectories(directory);
      var kept = new HashSet<Path>();
      for (var job : store.running()) {
        var file = directory.resolve(job.spoolFile());
        // What another node has taken in is that node's.
        if (Files.exists(file)) {
          kept.add(file);
          submit(job, store.find(job.importId()).orElseThrow());
        }
      }
      try (var files = Files.list(directory)) {
        for (var file : files.toList()) {
          if (!kept.contains(file) && isLeftOver(file)) {
            Files.deleteIfExists(file);
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.error("Imports of an earlier run could not be taken up; the next start tries again", e);
    }
  }

  /** Whether the file belongs to no import that comes in, waits or runs. */
  private boolean isLeftOver(Path file) {
    var name = file.getFileName().toString();
    var dot = name.indexOf('.');
    var importId = dot < 0 ? name : name.substring(0, dot);
    return !incoming.contains(importId) && !active.containsKey(importId);
  }

  private void work(Job job) {
    var progress = active.get(job.importId());
    var file = directory.resolve(job.spoolFile());
    try {
      settle(progress.ended(outcome(job, file, progress)));
      Files.deleteIfExists(file);
    } catch (InterruptedException e) {
      // The node stops. The database says that the import runs, so that the next start goes on.
      write(progress.view());
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("The file of import {} could not be deleted", job.importId(), e);
    } finally {
      active.remove(job.importId());
    }
  }

  /** Works the import off; null when it was, else why not. */
  private String outcome(Job job, Path file, ImportProgress progress) throws InterruptedException {
    try {
      return pass(job, file, progress);
    } catch (IOException | RuntimeException e) {
      if (!running) {
        // Files and connections fail when their thread is interrupted.
        throw new InterruptedException();
      }
      LOG.warn("Import {} failed", job.importId(), e);
      return e instanceof IOException
          ? "The file could not be read to its end: is the compressed stream damaged?"
          : "Something went wrong on our side; the same file can be sent again";
    }
  }

  /** Writes down how the import ended, however long it takes. */
  private void settle(ImportView view) throws InterruptedException {
    while (true) {
      try {
        store.update(view, clock.instant());
        LOG.info(
            "Import {} {}: {} read, {} accepted, {} rejected",
            view.importId(),
            view.state(),
            view.read(),
            view.accepted(),
            view.rejected());
        return;
      } catch (RuntimeException e) {
        LOG.warn("The end of import {} could not be written down yet", view.importId(), e);
        Thread.sleep(SETTLE_PAUSE);
      }
    }
  }

  private String pass(Job job, Path file, ImportProgress progress)
      throws IOException, InterruptedException {
    var options = job.options();
    var metadata =
        job.subject() == null ? Map.<String, String>of() : Map.of(Commands.SUBJECT, job.subject());
    var bytesRead = new AtomicLong();
    try (var records = open(file, options, bytesRead)) {
      var header = options.format() == Format.CSV ? records.next() : null;
      if (options.format() == Format.CSV && header == null) {
        return null;
      }
      var parser = header == null ? new NdjsonLineParser() : csv(header, options);
      var run = new ImportRun(commands, positions, metadata, progress, new Checkpoint(progress));
      return run.run(records, parser, bytesRead::get);
    }
  }

  /** Counts what is read by arrays, which is all that is asked of it. */
  private static final class CountedInputStream extends FilterInputStream {
    private final AtomicLong bytesRead;

    CountedInputStream(InputStream in, AtomicLong bytesRead) {
      super(in);
      this.bytesRead = bytesRead;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      bytesRead.addAndGet(Math.max(0, read));
      return read;
    }
  }

  /** Writes the progress down now and then. */
  private final class Checkpoint implements Runnable {
    private final ImportProgress progress;
    private Instant last = clock.instant();

    Checkpoint(ImportProgress progress) {
      this.progress = progress;
    }

    @Override
    public void run() {
      var now = clock.instant();
      if (Duration.between(last, now).compareTo(CHECKPOINT) >= 0) {
        last = now;
        progress.tick(now);
        write(progress.view());
      }
    }
  }

  private void write(ImportView view) {
    try {
      store.update(view, clock.instant());
    } catch (RuntimeException e) {
      // The next time says more; only the end must be written down.
      LOG.warn("The progress of import {} could not be written down", view.importId(), e);
    }
  }

  /**
   * Refuses a file at once that is not compressed although it should be, and a CSV file whose
   * columns do not tell what a product needs.
   */
  private static void checkBeginning(Path file, ImportOptions options) throws IOException {
    try (var records = open(file, options, new AtomicLong())) {
      var first = records.next();
      if (first != null && options.format() == Format.CSV) {
        csv(first, options);
      }
    } catch (ZipException | EOFException e) {
      throw new Problem(ErrorCode.MALFORMED_REQUEST, "The body is not compressed with gzip");
    }
  }

  private static CsvLineParser csv(RecordReader.RawRecord header, ImportOptions options) {
    try {
      if (header.tooLong()) {
        throw new RejectedLineException("is longer than 1 MiB");
      }
      return new CsvLineParser(
          CsvColumns.of(CsvLineParser.values(header.bytes()), options), options);
    } catch (RejectedLineException e) {
      throw Problem.invalid(
          ErrorCode.INVALID_FIELD, List.of(new Violation("header", e.getMessage())));
    }
  }

  private static RecordReader open(Path file, ImportOptions options, AtomicLong bytesRead)
      throws IOException {
    InputStream in = new CountedInputStream(Files.newInputStream(file), bytesRead);
    try {
      var plain = options.gzip() ? new GZIPInputStream(in, GZIP_BUFFER_BYTES) : in;
      return new RecordReader(plain, options.format() == Format.CSV);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** Makes the file safe against a power cut before it is promised. */
  private static void keep(Path part, Path file) throws IOException {
    try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    try (var parent = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static String suffix(ImportOptions options) {
    var name = options.format() == Format.CSV ? ".csv" : ".ndjson";
    return options.gzip() ? name + ".gz" : name;
  }

  private static Mono<Void> discard(Path part) {
    return blocking(() -> Optional.of(Files.deleteIfExists(part))).then();
  }

  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }
}
