package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.command.web.RecordReader.RawRecord;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Commands.Reply;
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

/**
 * One pass over a file. Everything it sends is safe to send again, so that a pass that was cut off
 * is simply done again from the start.
 *
 * <p><b>First come, first served.</b> The first acceptable record of a SKU says what the product
 * is; a later one that says the same changes nothing, and one that says something else is rejected.
 * So is a record with other opening stock for a location. The outcome depends on the file alone,
 * not on timing.
 *
 * <p><b>Memory.</b> One record, at most {@link #IN_FLIGHT} products on their way, and 21 to 43
 * bytes for each SKU and each opening stock met ({@link SeenLines}).
 */
final class ImportRun {

  /** Records whose commands are on their way at once. */
  static final int IN_FLIGHT = 64;

  /** How often a command is sent before the import fails; with the pauses about a minute. */
  static final int ATTEMPTS = 12;

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  /** How long one command may take; after that it is sent again. */
  private static final long COMMAND_SECONDS = 30;

  private final Commands commands;
  private final Map<String, String> metadata;
  private final ImportProgress progress;
  private final Runnable checkpoint;
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
  private final SeenLines seen = new SeenLines();
  private final MessageDigest digest = sha256();
  private volatile String failure;

  /**
   * @param metadata goes with every command
   * @param checkpoint called on the running thread after each record
   */
  ImportRun(
      Commands commands,
      Map<String, String> metadata,
      ImportProgress progress,
      Runnable checkpoint) {
    this.commands = commands;
    this.metadata = metadata;
    this.progress = progress;
    this.checkpoint = checkpoint;
  }

  /**
   * Reads to the end, and returns when every command has been answered. Blocks.
   *
   * @return null when the file was taken over, else why the pass was given up
   * @throws IOException when the file cannot be read
   */
  String run(RecordReader records, LineParser parser) throws IOException, InterruptedException {
    try {
      for (var record = records.next();
          record != null && failure == null;
          record = records.next()) {
        progress.read();
        try {
          take(record, parser);
        } catch (RejectedLineException e) {
          progress.rejected(record.firstLine(), e.getMessage());
        }
        checkpoint.run();
      }
    } catch (IOException e) {
      inFlight.acquire(IN_FLIGHT);
      throw e;
    }
    inFlight.acquire(IN_FLIGHT);
    return failure;
  }

  private void take(RawRecord record, LineParser parser)
      throws RejectedLineException, InterruptedException {
    if (record.tooLong()) {
      throw new RejectedLineException(
          record.lastLine() == record.firstLine()
              ? "is longer than 1 MiB"
              : "is longer than 1 MiB and reaches to line "
                  + record.lastLine()
                  + ": is a quote not closed?");
    }
    var line = parser.parse(record.bytes());
    if (isNew(line, record.firstLine())) {
      inFlight.acquire();
      send(line, record.firstLine());
    } else {
      progress.accepted(0);
    }
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

  /** Sends the product and then its opening stock; gives the permit back when all is answered. */
  private void send(ImportLine line, long number) {
    CompletableFuture<Reply<?>> sent = attempt(new PutProduct(line.sku(), line.details()), 1);
    for (var opening : line.opening()) {
      var command = new RecordOpeningStock(line.sku(), opening.location(), opening.quantity());
      sent =
          sent.thenCompose(
              reply ->
                  reply.result() instanceof Result.Refused<?>
                      ? CompletableFuture.completedFuture(reply)
                      : attempt(command, 1).thenApply(next -> later(reply, next)));
    }
    sent.whenComplete((reply, fault) -> settle(line.sku(), number, reply, fault));
  }

  private void settle(Sku sku, long number, Reply<?> reply, Throwable fault) {
    try {
      if (fault != null) {
        failure =
            "Commands for SKU "
                + sku.value()
                + " (line "
                + number
                + ") were not answered, "
                + ATTEMPTS
                + " times; the same file can be sent again";
        progress.rejected(number, "was not answered");
      } else if (reply.result() instanceof Result.Refused<?> refused) {
        progress.rejected(number, refused.detail());
      } else {
        progress.accepted(reply.position());
      }
    } finally {
      inFlight.release();
    }
  }

  private static Reply<?> later(Reply<?> one, Reply<?> other) {
    return other.result() instanceof Result.Refused<?> || other.position() >= one.position()
        ? other
        : one;
  }

  private CompletableFuture<Reply<?>> attempt(Command<?> command, int number) {
    if (failure != null && number > 1) {
      // The import is lost already: do not draw it out.
      return CompletableFuture.failedFuture(new IllegalStateException("given up"));
    }
    return commands
        .send(command, metadata)
        .copy()
        .orTimeout(COMMAND_SECONDS, TimeUnit.SECONDS)
        .<Reply<?>>thenApply(reply -> reply)
        .exceptionallyCompose(
            fault ->
                number == ATTEMPTS
                    ? CompletableFuture.failedFuture(fault)
                    : pause(number).thenCompose(rested -> attempt(command, number + 1)));
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
