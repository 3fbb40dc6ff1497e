package dev.lastunit.bench.shop;

import dev.lastunit.bench.report.Check;
import java.io.IOException;
import java.sql.SQLException;
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

  /**
   * How long after the first of them is due reservations may still be held: what is due within a
   * minute is free within that minute and 5 s.
   */
  private static final Duration ALLOWED = Duration.ofSeconds(65);

  private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(2);
  private static final long POLL_MILLIS = 100;

  private final long wanted;
  private final Instant firstDue;
  private final Instant lastDue;

  /** Counts the reservations that are still held although they are due by an instant. */
  public interface Held {
    long dueBy(Instant instant) throws SQLException;
  }

  private Expiring(long wanted, Instant firstDue, Instant lastDue) {
    this.wanted = wanted;
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
    return new Expiring((long) orders * LINES, first, last);
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

  /** When the last of the reservations ends. */
  public Instant lastDue() {
    return lastDue;
  }

  /**
   * Waits until none is held any more, and tells whether that was in time. Some end by their time;
   * the others are released by the process of their order, which the first one to end sets off.
   */
  public Check await(Held held) throws SQLException, InterruptedException {
    Instant now = Instant.now();
    long left = wanted;
    while (left > 0 && now.isBefore(lastDue.plus(GIVEN_UP_AFTER))) {
      Thread.sleep(now.isBefore(firstDue) ? 1_000 : POLL_MILLIS);
      left = held.dueBy(lastDue);
      now = Instant.now();
    }
    return new Check(
        "expired-in-time",
        left == 0 && !now.isAfter(firstDue.plus(ALLOWED)),
        String.format(
            Locale.ROOT,
            "%d reservations, due within %.1f s; %d of them held %.1f s after the last was due",
            wanted,
            Duration.between(firstDue, lastDue).toMillis() / 1e3,
            left,
            Duration.between(lastDue, now).toMillis() / 1e3));
  }
}
