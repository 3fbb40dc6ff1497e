package dev.lastunit.ordering.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Orders as they were: at every position what the live read model said when it was there. */
class PastOrdersTest {

  private StoreServer server;

  @BeforeEach
  void clear() {
    server = StoreServer.shared();
  }

  private static List<Event> delivered(Purchase purchase) {
    List<Event> events = new ArrayList<>(purchase.success());
    events.add(purchase.shipped());
    events.add(purchase.dispatched());
    events.add(purchase.arrived());
    events.add(purchase.delivered());
    return events;
  }

  /** What stays of a shipment is a shipment of its own, and so is what stays of that. */
  private static List<Event> inParts(Purchase purchase) {
    List<Event> events = new ArrayList<>(purchase.success());
    ShipmentId first = purchase.shipmentId();
    events.add(split(purchase, first, 4));
    events.add(prepared(purchase, first.rest(), 4));
    events.add(purchase.dispatched());
    events.add(purchase.shipped());
    events.add(split(purchase, first.rest(), 1));
    events.add(prepared(purchase, first.rest().rest(), 1));
    events.add(new ShipmentDispatched(first.rest(), purchase.orderId(), "Royal Post", "RP2"));
    events.add(new ShipmentDelivered(first.rest(), purchase.orderId()));
    return events;
  }

  private static ShipmentSplit split(Purchase purchase, ShipmentId from, int units) {
    return new ShipmentSplit(
        from,
        purchase.orderId(),
        from.rest(),
        Purchase.MAIN,
        List.of(new ShipmentLine(purchase.sku(), units)));
  }

  private static ShipmentPrepared prepared(Purchase purchase, ShipmentId id, int units) {
    return new ShipmentPrepared(
        id, purchase.orderId(), Purchase.MAIN, List.of(new ShipmentLine(purchase.sku(), units)));
  }

  @Test
  void tellsTheHistoryOfEachPartThatWasSplitOff() {
    Purchase purchase = Purchase.of("ord-parts", "ada");
    for (Event event : inParts(purchase)) {
      server.append(Purchase.stream(event), event);
    }

    assertThat(answer(analyst(), "/v1/orders/ord-parts/history?limit=100"))
        .contains(purchase.shipmentId().rest().stream())
        .contains(purchase.shipmentId().rest().rest().stream())
        .contains("\"RP2\"");
  }

  @Test
  void anOrderIsWhatTheLiveModelSaidThen() {
    Purchase kept = Purchase.of("ord-kept", "ada");
    Purchase undone = Purchase.of("ord-undone", "eve");
    Purchase refused = Purchase.of("ord-refused", "ada");
    Map<Purchase, Iterator<Event>> histories = new LinkedHashMap<>();
    histories.put(kept, delivered(kept).iterator());
    histories.put(undone, undone.undone().iterator());
    histories.put(refused, refused.refusal().iterator());
    Purchase parts = Purchase.of("ord-parts", "ada");
    histories.put(parts, inParts(parts).iterator());
    Random random = new Random(7);
    Map<String, String> live = new LinkedHashMap<>();
    List<Purchase> unfinished = new ArrayList<>(histories.keySet());
    while (!unfinished.isEmpty()) {
      Purchase purchase = unfinished.get(random.nextInt(unfinished.size()));
      Event event = histories.get(purchase).next();
      long position = server.append(Purchase.stream(event), event);
      server.project();
      for (Purchase any : histories.keySet()) {
        String path = "/v1/orders/" + any.orderId().value();
        live.put(path + "?position=" + position, answer(operator(), path));
      }
      if (!histories.get(purchase).hasNext()) {
        unfinished.remove(purchase);
      }
    }

    assertThat(live).hasSizeGreaterThan(90);
    live.forEach((uri, then) -> assertThat(answer(analyst(), uri)).as(uri).isEqualTo(then));
  }

  @Test
  void aTimeIsThePositionThen() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    for (Event event : purchase.success()) {
      server.append(Purchase.stream(event), event);
    }

    assertThat(answer(analyst(), "/v1/orders/ord-a?at=2026-11-23T19:00:00.002Z"))
        .isEqualTo(answer(analyst(), "/v1/orders/ord-a?position=3"))
        .contains("\"status\":\"reserved\"");
    assertThat(answer(analyst(), "/v1/orders/ord-a?at=2026-11-23T19:00:00.001999Z"))
        .contains("\"status\":\"placed\"");
    assertThat(answer(analyst(), "/v1/orders/ord-a?at=2026-11-23T18:59:59Z")).isEqualTo("404");
    assertThat(answer(analyst(), "/v1/orders/ord-b?position=3")).isEqualTo("404");
    assertThat(answer(analyst(), "/v1/orders/ord-a?position=11")).isEqualTo("422");
    assertThat(answer(analyst(), "/v1/orders/ord-a?position=10")).contains("confirmed");
  }

  @Test
  void isForAnalystsAndOperatorsAndNotForTheOwner() {
    Purchase purchase = Purchase.of("ord-a", "ada");
    OrderEvent placed = purchase.placed();
    server.append(Purchase.stream(placed), placed);
    server.project();
    String uri = "/v1/orders/ord-a?position=1";

    assertThat(answer(server.client(), uri)).isEqualTo("401");
    assertThat(answer(server.client("ada", Caller.CUSTOMER), uri)).isEqualTo("403");
    assertThat(answer(analyst(), uri)).contains("\"customerId\":\"ada\"");
    assertThat(answer(operator(), uri)).contains("\"customerId\":\"ada\"");
    assertThat(answer(server.client("ada", Caller.CUSTOMER), "/v1/orders/ord-a"))
        .contains("\"status\":\"placed\"");
    assertThat(answer(analyst(), "/v1/orders/ord-a")).isEqualTo("404");
  }

  private WebTestClient analyst() {
    return server.client("ann", Caller.ANALYST);
  }

  private WebTestClient operator() {
    return server.client("op", Caller.OPERATOR);
  }

  /** The body, or the status when it is a refusal. */
  private static String answer(WebTestClient client, String uri) {
    var result = client.get().uri(uri).exchange().expectBody(String.class).returnResult();
    return result.getStatus().is2xxSuccessful()
        ? result.getResponseBody()
        : Integer.toString(result.getStatus().value());
  }
}
