package dev.lastunit.app.analysis;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.EventTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/**
 * A shop's history, made of real events. Events are made from their JSON, so that one that grows by
 * a component needs no change here.
 */
final class History {

  static final Instant BEGIN = Instant.parse("2026-09-01T00:00:00Z");

  private static final int SKUS = 40;
  private static final String CURRENCY = "GBP";

  private record Planned(Instant at, String stream, Event event) {}

  private final List<Planned> planned = new ArrayList<>();
  private final Map<String, Integer> onHand = new HashMap<>();
  private final SplittableRandom random;
  private int numbers;

  private History(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Some thousand events of two months; the same for the same seed. */
  static List<Happening> generate(long seed, int visits) {
    History history = new History(seed);
    for (int sku = 0; sku < SKUS; sku++) {
      history.product(BEGIN, "SKU-" + sku, "Thing " + sku, 100 + 37L * sku);
      history.receive(BEGIN.plusSeconds(60), "SKU-" + sku, 5 + history.random.nextInt(60));
    }
    for (int visit = 0; visit < visits; visit++) {
      history.visit(BEGIN.plusSeconds(86_400 + 5_000L * visit + history.random.nextInt(4_000)));
    }
    return history.happened();
  }

  /** An order that is already decided, as invoices tell it: all lines are bought. */
  static List<Happening> ofInvoices(SequencedMap<String, Long> pennies, List<Invoice> invoices) {
    History history = new History(1);
    Instant first = invoices.getFirst().at().minusSeconds(3_600);
    Map<String, Integer> demand = new LinkedHashMap<>();
    invoices.forEach(
        invoice -> invoice.units().forEach((sku, units) -> demand.merge(sku, units, Integer::sum)));
    demand.forEach(
        (sku, units) -> {
          history.product(first, sku, sku, pennies.get(sku));
          history.receive(first.plusSeconds(1), sku, units + history.random.nextInt(20));
        });
    for (Invoice invoice : invoices) {
      history.order(
          invoice.at(), invoice.customer(), null, invoice.units(), pennies, "tok_ok", false);
    }
    return history.happened();
  }

  /** One purchase of a shop that keeps invoices. */
  record Invoice(Instant at, String customer, SequencedMap<String, Integer> units) {}

  private void product(Instant at, String sku, String name, long price) {
    add(
        at,
        "product-" + sku,
        "catalogue.ProductAdded",
        Map.of(
            "sku",
            sku,
            "details",
            Map.of("name", name, "price", money(price), "attributes", Map.of("colour", "red"))));
  }

  private void receive(Instant at, String sku, int units) {
    onHand.merge(sku, units, Integer::sum);
    add(
        at,
        "stock-" + sku,
        "inventory.OpeningStockRecorded",
        Map.of("sku", sku, "location", "main", "quantity", units));
  }

  private static Map<String, Object> money(long amount) {
    return Map.of("amount", amount, "currency", CURRENCY);
  }

  private void visit(Instant at) {
    String customer = "guest-" + random.nextInt(90);
    String cart = "cart-" + numbers++;
    String stream = "cart-" + cart;
    add(at, stream, "cart.CartOpened", Map.of("cartId", cart, "customerId", customer));
    SequencedMap<String, Integer> units = new LinkedHashMap<>();
    int lines = random.nextInt(4);
    Instant time = at;
    for (int line = 0; line < lines; line++) {
      time = time.plusSeconds(5 + random.nextInt(60));
      String sku = "SKU-" + (int) (SKUS * Math.pow(random.nextDouble(), 2));
      int quantity = 1 + random.nextInt(4);
      units.put(sku, quantity);
      add(
          time,
          stream,
          "cart.CartItemSet",
          Map.of("cartId", cart, "sku", sku, "quantity", quantity));
    }
    if (!units.isEmpty() && random.nextInt(6) == 0) {
      time = time.plusSeconds(7);
      String removed = units.firstEntry().getKey();
      units.remove(removed);
      add(time, stream, "cart.CartItemRemoved", Map.of("cartId", cart, "sku", removed));
    }
    if (units.isEmpty() || random.nextInt(3) == 0) {
      return;
    }
    Map<String, Long> prices = new HashMap<>();
    units.keySet().forEach(sku -> prices.put(sku, 100 + 37L * Long.parseLong(sku.substring(4))));
    String token = random.nextInt(7) == 0 ? "tok_declined" : "tok_ok";
    order(time.plusSeconds(20), customer, cart, units, prices, token, random.nextInt(8) == 0);
  }

  private void order(
      Instant at,
      String customer,
      String cart,
      SequencedMap<String, Integer> units,
      Map<String, Long> prices,
      String token,
      boolean refunded) {
    String suffix = String.format("%06d", numbers++);
    String order = "ord-" + suffix;
    String payment = "pay-" + suffix;
    long total =
        units.entrySet().stream()
            .mapToLong(line -> prices.get(line.getKey()) * line.getValue())
            .sum();
    List<Object> lines = new ArrayList<>();
    units.forEach(
        (sku, quantity) ->
            lines.add(
                Map.of(
                    "sku",
                    sku,
                    "name",
                    "Thing",
                    "quantity",
                    quantity,
                    "unitPrice",
                    money(prices.get(sku)))));
    Map<String, Object> placed = new LinkedHashMap<>();
    placed.put("orderId", order);
    placed.put("customerId", customer);
    placed.put("idempotencyKey", "key-" + suffix);
    placed.put("fingerprint", "secret-fingerprint");
    placed.put("cartId", cart);
    placed.put("lines", lines);
    placed.put("total", money(total));
    placed.put(
        "shippingAddress",
        Map.of(
            "name", "Secret Name",
            "line1", "Secret Street",
            "line2", "Secret Floor",
            "city", "Secret City",
            "postalCode", "Secret Code",
            "country", "GB"));
    placed.put("payment", Map.of("method", "card", "token", "secret-token"));
    String stream = "order-" + order;
    add(at, stream, "ordering.OrderPlaced", placed);
    if (cart != null) {
      add(
          at.plusMillis(3),
          "cart-" + cart,
          "cart.CartCheckedOut",
          Map.of("cartId", cart, "orderId", order));
    }
    List<Object> shortages = new ArrayList<>();
    units.forEach(
        (sku, quantity) -> {
          if (onHand.get(sku) < quantity) {
            shortages.add(Map.of("sku", sku, "requested", quantity, "available", onHand.get(sku)));
          }
        });
    if (!shortages.isEmpty()) {
      add(
          at.plusMillis(30),
          stream,
          "ordering.OrderRejected",
          Map.of("orderId", order, "reason", "out-of-stock", "shortages", shortages));
      return;
    }
    Instant reserved = at.plusMillis(5 + random.nextInt(20));
    units.forEach(
        (sku, quantity) ->
            reservation(
                reserved,
                "inventory.StockReserved",
                sku,
                order,
                quantity,
                Map.of("expiresAt", reserved.plusSeconds(900).toString())));
    add(
        at.plusMillis(40),
        "payment-" + payment,
        "payment.PaymentRequested",
        Map.of(
            "paymentId",
            payment,
            "orderId",
            order,
            "customerId",
            customer,
            "amount",
            money(total),
            "method",
            "card",
            "token",
            "secret-token",
            "provider",
            "simulator"));
    Instant decided = at.plusMillis(60 + random.nextInt(3_000));
    if (token.equals("tok_declined")) {
      add(
          decided,
          "payment-" + payment,
          "payment.PaymentDeclined",
          Map.of(
              "paymentId", payment,
              "orderId", order,
              "code", random.nextInt(3) == 0 ? "no-funds" : "card-declined"));
      boolean expired = random.nextInt(4) == 0;
      Instant end = expired ? reserved.plusSeconds(900) : decided.plusMillis(15);
      units.forEach(
          (sku, quantity) ->
              reservation(
                  end,
                  expired ? "inventory.ReservationExpired" : "inventory.ReservationReleased",
                  sku,
                  order,
                  quantity,
                  expired ? Map.of() : Map.of("reason", "payment-declined")));
      add(
          end.plusMillis(5),
          stream,
          "ordering.OrderRejected",
          Map.of("orderId", order, "reason", "payment-declined", "shortages", List.of()));
      return;
    }
    paid("payment.PaymentAuthorised", decided, payment, order, total);
    units.forEach(
        (sku, quantity) -> {
          onHand.merge(sku, -quantity, Integer::sum);
          reservation(
              decided.plusMillis(10),
              "inventory.ReservationConfirmed",
              sku,
              order,
              quantity,
              Map.of());
        });
    add(decided.plusMillis(20), stream, "ordering.OrderConfirmed", Map.of("orderId", order));
    Instant captured = decided.plus(Duration.ofHours(random.nextInt(60)));
    paid("payment.PaymentCaptured", captured, payment, order, total);
    if (refunded) {
      Instant back = captured.plus(Duration.ofDays(2));
      paid("payment.PaymentRefunded", back, payment, order, Math.max(1, total / 3));
      Map.Entry<String, Integer> line = units.firstEntry();
      reservation(
          back.plusSeconds(1),
          "inventory.UnitsReturned",
          line.getKey(),
          order,
          line.getValue(),
          Map.of("reason", "returned"));
    }
  }

  private void paid(String type, Instant at, String payment, String order, long amount) {
    add(
        at,
        "payment-" + payment,
        type,
        Map.of(
            "paymentId",
            payment,
            "orderId",
            order,
            "chargeId",
            "ch-" + order,
            "amount",
            money(amount)));
  }

  private void reservation(
      Instant at, String type, String sku, String order, int units, Map<String, Object> more) {
    Map<String, Object> values = new LinkedHashMap<>(more);
    values.put("sku", sku);
    values.put("reservationId", "res-" + order + "-" + sku);
    values.put("orderId", order);
    values.put("allocations", List.of(Map.of("location", "main", "quantity", units)));
    add(at, "stock-" + sku, type, values);
  }

  private void add(Instant at, String stream, String type, Map<String, Object> values) {
    planned.add(
        new Planned(at, stream, EventJson.mapper().convertValue(values, EventTypes.classOf(type))));
  }

  /** In the order of time, numbered in their streams. */
  private List<Happening> happened() {
    planned.sort(Comparator.comparing(Planned::at));
    Map<String, Long> sequences = new HashMap<>();
    return planned.stream()
        .map(
            each ->
                new Happening(
                    each.at(),
                    each.stream(),
                    sequences.merge(each.stream(), 1L, Long::sum) - 1,
                    each.event()))
        .toList();
  }
}
