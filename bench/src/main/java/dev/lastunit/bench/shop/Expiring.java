package dev.lastunit.bench.shop;

import dev.lastunit.bench.report.Check;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Orders whose payment nobody ever decides: all that they reserve ends by time. They are large, so
 * that very many reservations are due within a short time.
 */
public final class Expiring {

  /** Lines of an order; the most that an order may have. */
  public static final int LINES = 2_000;

  /** How long after their time reservations may still be held. */
  private static final Duration ALLOWED = Duration.ofSeconds(5);

  private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(2);
  private static final long POLL_MILLIS = 100;
  private static final String COUNTER = "lastunit_inventory_reservations_expired_total ";

  private final Api api;
  private final long wanted;
  private final long before;
  private final Instant firstDue;
  private final Instant lastDue;

  private Expiring(Api api, long wanted, long before, Instant firstDue, Instant lastDue) {
    this.api = api;
    this.wanted = wanted;
    this.before = before;
    this.firstDue = firstDue;
    this.lastDue = lastDue;
  }

  /**
   * Places orders and returns when all that they want is held.
   *
   * @param reservations at least so many
   * @param products size of the catalogue, {@link #LINES} or more
   */
  public static Expiring place(Api api, int reservations, int products)
      throws IOException, InterruptedException {
    long before = expired(api);
    String headers =
        api.authorised("bench-waverer", "customer")
            + "Content-Type: application/json\r\nPrefer: wait=0\r\n";
    int orders = (reservations + LINES - 1) / LINES;
    List<String> ids = new ArrayList<>();
    for (int number = 0; number < orders; number++) {
      int first = number * LINES;
      String items =
          IntStream.range(first, first + LINES)
              .mapToObj(at -> Orders.item(Catalogue.sku(at % products), 1))
              .collect(Collectors.joining(",", "[", "]"));
      ids.add(
          api.post(
                  "/v1/orders",
                  headers + "Idempotency-Key: " + UUID.randomUUID() + "\r\n",
                  Orders.body(items, "tok_never"),
                  202)
              .get("orderId")
              .asString());
    }
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (String id : ids) {
      Instant due = held(api, headers, id);
      first = due.isBefore(first) ? due : first;
      last = due.isAfter(last) ? due : last;
    }
    return new Expiring(api, (long) orders * LINES, before, first, last);
  }

  private static Instant held(Api api, String headers, String id)
      throws IOException, InterruptedException {
    while (true) {
      JsonNode reservation = api.get("/v1/orders/" + id, headers).path("reservation");
      if (reservation.hasNonNull("expiresAt")) {
        return Instant.parse(reservation.get("expiresAt").asString());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static long expired(Api api) throws IOException {
    return api.text("/actuator/prometheus")
        .lines()
        .filter(line -> line.startsWith(COUNTER))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(COUNTER.length()).strip()))
        .sum();
  }

  /** When the last of the reservations ends. */
  public Instant lastDue() {
    return lastDue;
  }

  /** Waits until all have ended, and tells whether that was in time. */
  public Check await() throws IOException, InterruptedException {
    Instant now = Instant.now();
    long released = expired(api) - before;
    while (released < wanted && now.isBefore(lastDue.plus(GIVEN_UP_AFTER))) {
      Thread.sleep(POLL_MILLIS);
      released = expired(api) - before;
      now = Instant.now();
    }
    return new Check(
        "expired-in-time",
        released >= wanted && !now.isAfter(lastDue.plus(ALLOWED)),
        String.format(
            Locale.ROOT,
            "%d of %d reservations released, due within %.1f s, the last known %.1f s after the"
                + " last was due",
            released,
            wanted,
            Duration.between(firstDue, lastDue).toMillis() / 1e3,
            Duration.between(lastDue, now).toMillis() / 1e3));
  }
}
