package dev.lastunit.app.analysis;

import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The answers to the questions of docs/analysts-sql.md, from the events themselves. */
final class Answers {

  private final List<Happening> events;

  Answers(List<Happening> events) {
    this.events = events;
  }

  List<List<Object>> to(int question) {
    return switch (question) {
      case 1 -> conversion();
      case 2 -> abandoned();
      case 3 -> holdTimes();
      case 4 -> lostDemand();
      case 5 -> perHour();
      case 6 -> cohorts();
      case 7 -> refunds();
      case 8 -> busiest();
      case 9 -> sellThrough();
      case 10 -> failures();
      default -> throw new IllegalArgumentException("question " + question);
    };
  }

  private record Timed<E>(Instant at, E event) {}

  private <E> Stream<Timed<E>> all(Class<E> type) {
    return events.stream()
        .filter(happening -> type.isInstance(happening.event()))
        .map(happening -> new Timed<>(happening.at(), type.cast(happening.event())));
  }

  private <E> Stream<E> of(Class<E> type) {
    return all(type).map(Timed::event);
  }

  private static double percent(long part, long whole) {
    return 100.0 * part / whole;
  }

  private static String month(Instant at) {
    return at.toString().substring(0, 7);
  }

  private static long units(List<Allocation> allocations) {
    return allocations.stream().mapToLong(Allocation::quantity).sum();
  }

  private Set<OrderId> confirmed() {
    Set<OrderId> confirmed = new HashSet<>();
    of(OrderConfirmed.class).forEach(event -> confirmed.add(event.orderId()));
    return confirmed;
  }

  private List<List<Object>> conversion() {
    Set<CartId> filled = new HashSet<>();
    of(CartItemSet.class).forEach(event -> filled.add(event.cartId()));
    Set<OrderId> confirmed = confirmed();
    Set<CartId> converted = new HashSet<>();
    of(OrderPlaced.class)
        .filter(order -> filled.contains(order.cartId()) && confirmed.contains(order.orderId()))
        .forEach(order -> converted.add(order.cartId()));
    List<Object> row = new ArrayList<>();
    row.add(filled.size());
    row.add(converted.size());
    row.add(filled.isEmpty() ? null : percent(converted.size(), filled.size()));
    return List.of(row);
  }

  private List<List<Object>> abandoned() {
    Map<CartId, Map<String, Integer>> contents = new HashMap<>();
    Map<CartId, Instant> touched = new HashMap<>();
    Map<String, Long> prices = new HashMap<>();
    Instant end = Instant.EPOCH;
    for (Happening happening : events) {
      end = end.isAfter(happening.at()) ? end : happening.at();
      switch (happening.event()) {
        case CartItemSet set -> {
          contents
              .computeIfAbsent(set.cartId(), _ -> new HashMap<>())
              .put(set.sku().value(), set.quantity());
          touched.put(set.cartId(), happening.at());
        }
        case CartItemRemoved removed -> {
          contents.get(removed.cartId()).remove(removed.sku().value());
          touched.put(removed.cartId(), happening.at());
        }
        case ProductAdded added ->
            prices.put(added.sku().value(), added.details().price().amount());
        default -> {}
      }
    }
    of(CartCheckedOut.class).forEach(event -> contents.remove(event.cartId()));
    Instant dayBefore = end.minus(Duration.ofDays(1));
    Map<String, long[]> bySku = new TreeMap<>();
    contents.forEach(
        (cart, units) -> {
          if (touched.get(cart).isBefore(dayBefore)) {
            units.forEach(
                (sku, quantity) -> {
                  long[] sums = bySku.computeIfAbsent(sku, _ -> new long[2]);
                  sums[0]++;
                  sums[1] += quantity;
                });
          }
        });
    return bySku.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, long[]> entry) -> -entry.getValue()[1])
                .thenComparing(Map.Entry::getKey))
        .map(
            entry ->
                List.<Object>of(
                    entry.getKey(),
                    entry.getValue()[0],
                    entry.getValue()[1],
                    entry.getValue()[1] * prices.get(entry.getKey())))
        .toList();
  }

  private List<List<Object>> holdTimes() {
    Map<ReservationId, Instant> begins = new HashMap<>();
    all(StockReserved.class)
        .forEach(reserved -> begins.put(reserved.event().reservationId(), reserved.at()));
    Map<String, List<Long>> times = new TreeMap<>();
    all(ReservationConfirmed.class)
        .forEach(end -> add(times, "confirmed", begins.get(end.event().reservationId()), end.at()));
    all(ReservationReleased.class)
        .forEach(end -> add(times, "released", begins.get(end.event().reservationId()), end.at()));
    all(ReservationExpired.class)
        .forEach(end -> add(times, "expired", begins.get(end.event().reservationId()), end.at()));
    List<List<Object>> rows = new ArrayList<>();
    times.forEach(
        (ending, millis) -> {
          List<Long> sorted = millis.stream().sorted().toList();
          rows.add(
              List.of(
                  ending,
                  sorted.size(),
                  quantile(sorted, 0.5),
                  quantile(sorted, 0.95),
                  sorted.getLast()));
        });
    return rows;
  }

  private static void add(
      Map<String, List<Long>> times, String ending, Instant begin, Instant end) {
    times
        .computeIfAbsent(ending, _ -> new ArrayList<>())
        .add(end.toEpochMilli() - begin.toEpochMilli());
  }

  /** Between the two values around the place, as far as the place lies between them. */
  private static double quantile(List<Long> sorted, double share) {
    double place = (sorted.size() - 1) * share;
    int below = (int) Math.floor(place);
    int above = (int) Math.ceil(place);
    return sorted.get(below) + (sorted.get(above) - sorted.get(below)) * (place - below);
  }

  private List<List<Object>> lostDemand() {
    Map<OrderId, OrderPlaced> orders = new HashMap<>();
    of(OrderPlaced.class).forEach(order -> orders.put(order.orderId(), order));
    Map<String, long[]> bySku = new TreeMap<>();
    of(OrderRejected.class)
        .filter(rejected -> rejected.reason() == RejectionReason.OUT_OF_STOCK)
        .forEach(
            rejected ->
                rejected
                    .shortages()
                    .forEach(
                        shortage -> {
                          long price =
                              orders.get(rejected.orderId()).lines().stream()
                                  .filter(line -> line.sku().equals(shortage.sku()))
                                  .findFirst()
                                  .orElseThrow()
                                  .unitPrice()
                                  .amount();
                          long lost = shortage.requested() - shortage.available();
                          long[] sums =
                              bySku.computeIfAbsent(shortage.sku().value(), _ -> new long[3]);
                          sums[0]++;
                          sums[1] += lost;
                          sums[2] += lost * price;
                        }));
    return bySku.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, long[]> entry) -> -entry.getValue()[1])
                .thenComparing(Map.Entry::getKey))
        .map(
            entry ->
                List.<Object>of(
                    entry.getKey(), entry.getValue()[0], entry.getValue()[1], entry.getValue()[2]))
        .toList();
  }

  private List<List<Object>> perHour() {
    Map<Integer, long[]> hours = new TreeMap<>();
    all(OrderPlaced.class)
        .forEach(
            order -> {
              long[] sums =
                  hours.computeIfAbsent(
                      order.at().atOffset(ZoneOffset.UTC).getHour(), _ -> new long[2]);
              sums[0]++;
              sums[1] += order.event().lines().stream().mapToLong(OrderLine::quantity).sum();
            });
    List<List<Object>> rows = new ArrayList<>();
    hours.forEach((hour, sums) -> rows.add(List.of(hour, sums[0], sums[1])));
    return rows;
  }

  private List<List<Object>> cohorts() {
    Set<OrderId> confirmed = confirmed();
    Map<String, List<Instant>> bought = new HashMap<>();
    all(OrderPlaced.class)
        .filter(order -> confirmed.contains(order.event().orderId()))
        .forEach(
            order ->
                bought
                    .computeIfAbsent(order.event().customerId().value(), _ -> new ArrayList<>())
                    .add(order.at()));
    Map<String, long[]> cohorts = new TreeMap<>();
    bought
        .values()
        .forEach(
            times -> {
              long[] sums = cohorts.computeIfAbsent(month(times.getFirst()), _ -> new long[2]);
              sums[0]++;
              sums[1] += times.size() > 1 ? 1 : 0;
            });
    List<List<Object>> rows = new ArrayList<>();
    cohorts.forEach(
        (month, sums) -> rows.add(List.of(month, sums[0], sums[1], percent(sums[1], sums[0]))));
    return rows;
  }

  private List<List<Object>> refunds() {
    Map<OrderId, Long> refunded = new HashMap<>();
    of(PaymentRefunded.class)
        .forEach(refund -> refunded.merge(refund.orderId(), refund.amount().amount(), Long::sum));
    Map<String, long[]> months = new TreeMap<>();
    all(PaymentCaptured.class)
        .forEach(
            captured -> {
              long[] sums = months.computeIfAbsent(month(captured.at()), _ -> new long[2]);
              sums[0] += captured.event().amount().amount();
              sums[1] += refunded.getOrDefault(captured.event().orderId(), 0L);
            });
    List<List<Object>> rows = new ArrayList<>();
    months.forEach(
        (month, sums) ->
            rows.add(List.of(month, "GBP", sums[0], sums[1], percent(sums[1], sums[0]))));
    return rows;
  }

  private List<List<Object>> busiest() {
    Map<String, Long> decisions = new TreeMap<>();
    events.stream()
        .filter(happening -> happening.stream().startsWith("stock-"))
        .forEach(happening -> decisions.merge(happening.stream().substring(6), 1L, Long::sum));
    Map<String, Map<Instant, Long>> minutes = new HashMap<>();
    all(StockReserved.class)
        .forEach(
            reserved ->
                minutes
                    .computeIfAbsent(reserved.event().sku().value(), _ -> new HashMap<>())
                    .merge(reserved.at().truncatedTo(ChronoUnit.MINUTES), 1L, Long::sum));
    return decisions.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, Long> entry) -> -entry.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(10)
        .map(
            entry ->
                List.<Object>of(
                    entry.getKey(),
                    entry.getValue(),
                    minutes.get(entry.getKey()).values().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElseThrow()))
        .toList();
  }

  private List<List<Object>> sellThrough() {
    Map<String, long[]> bySku = new TreeMap<>();
    for (Happening happening : events) {
      switch (happening.event()) {
        case OpeningStockRecorded opening ->
            bySku.computeIfAbsent(opening.sku().value(), _ -> new long[2])[0] += opening.quantity();
        case ReservationConfirmed sold ->
            bySku.computeIfAbsent(sold.sku().value(), _ -> new long[2])[1] +=
                units(sold.allocations());
        case UnitsReturned back ->
            bySku.computeIfAbsent(back.sku().value(), _ -> new long[2])[1] -=
                units(back.allocations());
        default -> {}
      }
    }
    return bySku.entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<String, long[]> entry) ->
                        -Math.round(percent(entry.getValue()[1], entry.getValue()[0]) * 10))
                .thenComparing(Map.Entry::getKey))
        .map(
            entry ->
                List.<Object>of(
                    entry.getKey(),
                    entry.getValue()[0],
                    entry.getValue()[1],
                    percent(entry.getValue()[1], entry.getValue()[0])))
        .toList();
  }

  private List<List<Object>> failures() {
    long requested = of(PaymentRequested.class).count();
    Map<String, Long> codes = new TreeMap<>();
    of(PaymentDeclined.class).forEach(declined -> codes.merge(declined.code(), 1L, Long::sum));
    return codes.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<String, Long> entry) -> -entry.getValue())
                .thenComparing(Map.Entry::getKey))
        .map(
            entry ->
                List.<Object>of(
                    "card", entry.getKey(), entry.getValue(), percent(entry.getValue(), requested)))
        .toList();
  }
}
