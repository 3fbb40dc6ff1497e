package dev.lastunit.bench.shop;

import dev.lastunit.bench.report.Check;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Very many open streams of availability: a tenth follows the hot product, the others are spread as
 * demand is.
 */
public final class Streams implements AutoCloseable {

  private static final int HOT_SHARE = 10;
  private static final int CHANGES = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final int wanted;
  private final Address address;
  private final List<Socket> sockets = new ArrayList<>();
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong hot = new AtomicLong();
  private int hotStreams;
  private volatile boolean closing;

  private Streams(int wanted, Address address) {
    this.wanted = wanted;
    this.address = address;
  }

  /**
   * Opens them and returns when each has told its first value. Blocks.
   *
   * @param products size of the catalogue
   * @throws IOException when some do not begin within a minute
   */
  public static Streams open(Address address, int streams, int products)
      throws IOException, InterruptedException {
    Streams all = new Streams(streams, address);
    SplittableRandom random = new SplittableRandom(streams);
    for (int i = 0; i < streams; i++) {
      boolean hot = i % HOT_SHARE == 0;
      int product = hot ? 0 : 1 + (int) ((products - 1) * Math.pow(random.nextDouble(), 4));
      all.follow(product);
    }
    if (!await(() -> all.begun.get() == streams)) {
      throw new IOException("Only " + all.begun.get() + " of " + streams + " streams began");
    }
    return all;
  }

  private void follow(int product) throws IOException {
    Socket socket = new Socket(address.host(), address.port());
    sockets.add(socket);
    hotStreams += product == 0 ? 1 : 0;
    socket
        .getOutputStream()
        .write(
            ("GET /v1/products/"
                    + Catalogue.sku(product)
                    + "/availability/events HTTP/1.1\r\nHost: "
                    + address.host()
                    + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    readers.submit(() -> read(socket, product == 0));
  }

  /** Counts messages by their data lines; nothing else is looked at, since there are so many. */
  private void read(Socket socket, boolean isHot) {
    byte[] buffer = new byte[1024];
    byte[] mark = "\ndata:".getBytes(StandardCharsets.US_ASCII);
    int matched = 0;
    boolean first = true;
    try (InputStream in = socket.getInputStream()) {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        for (int i = 0; i < length; i++) {
          matched = buffer[i] == mark[matched] ? matched + 1 : buffer[i] == mark[0] ? 1 : 0;
          if (matched == mark.length) {
            matched = 0;
            messages.incrementAndGet();
            if (isHot) {
              hot.incrementAndGet();
            }
            if (first) {
              first = false;
              begun.incrementAndGet();
            }
          }
        }
      }
    } catch (IOException e) {
      // Counted as ended, like one that the service ends.
    }
    if (!closing) {
      ended.incrementAndGet();
    }
  }

  /** Messages that came so far, the first values included. */
  public long messages() {
    return messages.get();
  }

  /**
   * Changes the hot product's stock some times, and tells how long it took until all who follow it
   * had been told. Nothing else may change it meanwhile.
   */
  public Check tellAll(Api api) throws IOException, InterruptedException {
    String headers =
        api.authorised("bench-warehouse", "warehouse") + "Content-Type: application/json\r\n";
    List<Double> millis = new ArrayList<>();
    boolean all = true;
    for (int change = 0; change < CHANGES; change++) {
      long expected = hot.get() + hotStreams;
      long start = System.nanoTime();
      api.post(
          "/v1/inventory/" + Catalogue.sku(0) + "/adjustments",
          headers + "Idempotency-Key: streams-" + start + "\r\n",
          // One more and one less by turns: the audit counts the units in the end.
          "{\"location\":\"main\",\"delta\":"
              + (change % 2 == 0 ? 1 : -1)
              + ",\"reason\":\"count\"}",
          201);
      all &= await(() -> hot.get() >= expected);
      millis.add((System.nanoTime() - start) / 1e6);
    }
    millis.sort(null);
    return new Check(
        "streams-told",
        all,
        String.format(
            Locale.ROOT,
            "a change of the hot product's stock was told to its %d streams within %.0f ms (median"
                + " of %d, the request included; at most %.0f ms)",
            hotStreams,
            millis.get(CHANGES / 2),
            CHANGES,
            millis.getLast()));
  }

  /** Whether all are open still. */
  public Check stillOpen() {
    return new Check(
        "streams-stay-open",
        ended.get() == 0,
        wanted + " streams, " + ended.get() + " of them ended early");
  }

  private static boolean await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    closing = true;
    for (Socket socket : sockets) {
      socket.close();
    }
    readers.shutdown();
  }
}
