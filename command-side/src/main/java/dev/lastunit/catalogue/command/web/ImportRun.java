package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.command.web.ImportProgress.Entry;
import dev.lastunit.catalogue.command.web.RecordReader.RawRecord;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One pass over a file. What an earlier pass has done is only read again, so that this one knows
 * what the file has said so far; everything else is sent, and is safe to be sent again.
 *
 * <p><b>First come, first served.</b> The first acceptable record of a SKU says what the product
 * is; a later one that says the same changes nothing, and one that says something else is rejected.
 * So is a record with other opening stock for a location. The outcome depends on the file alone,
 * not on timing, and not on how many passes there were.
 *
 * <p><b>Memory.</b> One record, at most {@link #IN_FLIGHT} records on their way, and 21 to 43 bytes
 * for each SKU and each opening stock met ({@link SeenLines}).
 *
 * <p><b>Others first.</b> The commands that are on their way bound how long a buyer's command can
 * wait behind them: some milliseconds. And when the event handlers are {@link #MAX_BEHIND} events
 * behind, the pass waits for them, so that readers see what was bought meanwhile as soon as ever.
 */
final class ImportRun {

  /** Records whose commands are on their way at once, most with one for stock. */
  static final int IN_FLIGHT = 192;

  /** Half of what the event feed has in memory: handlers need not read events from the store. */
  static final long MAX_BEHIND = 8_192;

  /** How often a command is sent before the import fails; with the pauses about a minute. */
  static final int ATTEMPTS = 12;

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** The bus answers every command, and much sooner; longer than all attempts can take. */
  private static final long LONGEST_SILENCE_MINUTES = 5;

  /** Records between two looks at how far the event handlers are. */
  private static final int LOOK_EVERY = 256;

  private static final long LOOK_AGAIN_MILLIS = 5;

  /**
   * A handler that does not come on, as one that fails, must slow the pass down and not stop it.
   */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Commands commands;
  private final Positions positions;
  private final Map<String, String> metadata;
  private final ImportProgress progress;
  private final Runnable checkpoint;
  private final long done;
  private final Semaphore room = new Semaphore(IN_FLIGHT);
  private final SeenLines seen = new SeenLines();
  private final MessageDigest digest = sha256();
  private volatile String failure;

  /**
   * @param positions of the event handlers
   * @param metadata goes with every command
   * @param progress says how many records an earlier pass has done
   * @param checkpoint called on the running thread after each record
   */
  ImportRun(
      Commands commands,
      Positions positions,
      Map<String, String> metadata,
      ImportProgress progress,
      Runnable checkpoint) {
    this.commands = commands;
    this.positions = positions;
    this.metadata = metadata;
    this.progress = progress;
    this.checkpoint = checkpoint;
    this.done = progress.done();
  }

  /**
   * Reads to the end, and returns when every command has been answered. Blocks.
   *
   * @param fileBytesRead of the file so far
   * @return null when the file was taken over, else why the pass was given up
   * @throws IOException when the file cannot be read
   */
  String run(RecordReader records, LineParser parser, LongSupplier fileBytesRead)
      throws IOException, InterruptedException {
    try {
      long number = 0;
      for (var record = records.next();
          record != null && failure == null;
          record = records.next()) {
        if (++number <= done) {
          passOver(record, parser);
          continue;
        }
        awaitRoom(1);
        if (failure != null) {
          break;
        }
        take(progress.read(record.firstLine(), fileBytesRead.getAsLong()), record, parser);
        checkpoint.run();
        if (number % LOOK_EVERY == 0) {
          letHandlersFollow();
        }
      }
    } catch (IOException e) {
      awaitRoom(IN_FLIGHT);
      throw e;
    }
    awaitRoom(IN_FLIGHT);
    return failure;
  }

  private void awaitRoom(int records) throws InterruptedException {
    if (!room.tryAcquire(records, LONGEST_SILENCE_MINUTES, TimeUnit.MINUTES)) {
      failure = "Commands were not answered at all; the same file can be sent again";
    }
  }

  private void passOver(RawRecord record, LineParser parser) {
    try {
      isNew(parse(record, parser), record.firstLine());
    } catch (RejectedLineException e) {
      // Counted by the pass that did it.
    }
  }

  private void letHandlersFollow() throws InterruptedException {
    long patienceEnds = System.nanoTime() + LONGEST_WAIT_NANOS;
    while (isBehind() && System.nanoTime() - patienceEnds < 0) {
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }

  private boolean isBehind() {
    return positions.slowest() < positions.head() - MAX_BEHIND;
  }

  private void take(Entry entry, RawRecord record, LineParser parser) {
    try {
      var line = parse(record, parser);
      if (isNew(line, entry.line())) {
        send(line, entry);
      } else {
        room.release(progress.accepted(entry, 0));
      }
    } catch (RejectedLineException e) {
      room.release(progress.rejected(entry, e.getMessage()));
    }
  }

  private static ImportLine parse(RawRecord record, LineParser parser)
      throws RejectedLineException {
    if (record.tooLong()) {
      throw new RejectedLineException(
          record.lastLine() == record.firstLine()
              ? "is longer than 1 MiB"
              : "is longer than 1 MiB and reaches to line "
                  + record.lastLine()
                  + ": is a quote not closed?");
    }
    return parser.parse(record.bytes());
  }

  /** Whether the line says anything that has not been said before in this file. */
  private boolean isNew(ImportLine line, long number) throws RejectedLineException {
    long product = key(line.sku().value(), "");
    int check = check(line.details());
    long before = seen.get(product);
    if (before != SeenLines.ABSENT && SeenLines.contentCheck(before) != check) {
      throw new RejectedLineException(
          "says something else about this SKU than line " + SeenLines.line(before));
    }
    var isNew = before == SeenLines.ABSENT;
    for (var opening : line.opening()) {
      long stockBefore = seen.get(key(line.sku().value(), opening.location().value()));
      if (stockBefore != SeenLines.ABSENT
          && SeenLines.contentCheck(stockBefore) != opening.quantity()) {
        throw new RejectedLineException(
            "has other stock for "
                + Printable.of(opening.location().value())
                + " than line "
                + SeenLines.line(stockBefore));
      }
      isNew |= stockBefore == SeenLines.ABSENT;
    }
    seen.putIfAbsent(product, SeenLines.entry(check, number));
    for (var opening : line.opening()) {
      seen.putIfAbsent(
          key(line.sku().value(), opening.location().value()),
          SeenLines.entry(opening.quantity(), number));
    }
    return isNew;
  }

  /**
   * Sends the product and its opening stock at once. A product is not refused whose form the parser
   * has found right, by the same rules; stock may be.
   */
  private void send(ImportLine line, Entry entry) {
    var answers = new Answers(line.sku(), entry, 1 + line.opening().size());
    attempt(new PutProduct(line.sku(), line.details()), answers, 1);
    for (var opening : line.opening()) {
      attempt(
          new RecordOpeningStock(line.sku(), opening.location(), opening.quantity()), answers, 1);
    }
  }

  /** What is said to the commands of one record. */
  private final class Answers {
    private final Sku sku;
    private final Entry entry;
    private int missing;
    private long position;
    private String refusal;
    private boolean failed;

    Answers(Sku sku, Entry entry, int missing) {
      this.sku = sku;
      this.entry = entry;
      this.missing = missing;
    }

    synchronized void answered(Reply<?> reply) {
      position = Math.max(position, reply.position());
      if (reply.result() instanceof Result.Refused<?> refused && refusal == null) {
        refusal = refused.detail();
      }
      settle();
    }

    synchronized void failed() {
      failed = true;
      settle();
    }

    private void settle() {
      if (--missing > 0) {
        return;
      }
      if (failed) {
        failure =
            "Commands for SKU "
                + sku.value()
                + " (line "
                + entry.line()
                + ") were not answered, "
                + ATTEMPTS
                + " times; the same file can be sent again";
        room.release(progress.rejected(entry, "was not answered"));
      } else if (refusal != null) {
        room.release(progress.rejected(entry, refusal));
      } else {
        room.release(progress.accepted(entry, position));
      }
    }
  }

  private void attempt(Command<?> command, Answers answers, int number) {
    commands
        .send(command, metadata)
        .whenComplete(
            (reply, fault) -> {
              if (fault == null) {
                answers.answered(reply);
              } else if (number == ATTEMPTS || failure != null) {
                // Once the import is lost it must not be drawn out.
                answers.failed();
              } else {
                pause(number).thenRun(() -> attempt(command, answers, number + 1));
              }
            });
  }

  private static CompletableFuture<Void> pause(int attempt) {
    long millis = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << (attempt - 1));
    Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
    return CompletableFuture.runAsync(() -> {}, later);
  }

  private long key(String sku, String location) {
    digest.reset();
    text(sku);
    text(location);
    return ByteBuffer.wrap(digest.digest()).getLong();
  }

  private int check(ProductDetails details) {
    digest.reset();
    text(details.name());
    text(details.description());
    text(details.brand());
    text(details.category());
    text(Long.toString(details.price().amount()));
    text(details.price().currency());
    text(details.imageUrl() == null ? "" : details.imageUrl());
    new TreeMap<>(details.attributes())
        .forEach(
            (name, value) -> {
              text(name);
              text(value);
            });
    return ByteBuffer.wrap(digest.digest()).getInt();
  }

  /** Adds a text with its length, so that no two sequences of texts look the same. */
  private void text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
