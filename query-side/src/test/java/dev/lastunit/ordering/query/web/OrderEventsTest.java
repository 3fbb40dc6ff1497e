package dev.lastunit.ordering.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Event;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.Sse;
import dev.lastunit.testing.StoreServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An order's steps as server-sent events; nothing is projected, they come from the store. */
class OrderEventsTest {

  private static final String URI = "/v1/orders/ord-a/events";

  private static StoreServer server;

  private final Purchase purchase = Purchase.of("ord-a", "ada");

  @BeforeAll
  static void start() {
    server = StoreServer.shared();
  }

  @BeforeEach
  void clear() {
    server.clear();
  }

  private static void append(Event event) {
    server.append(Purchase.stream(event), event);
  }

  private static Sse open(String uri, String lastEventId) {
    return new Sse(server.client("ada", Caller.CUSTOMER), uri, lastEventId);
  }

  private static JsonNode data(Sse stream, int index) {
    return JsonMapper.shared().readTree(stream.events().get(index).data());
  }

  @Test
  void tellsTheWholeStoryOfADecidedOrderAndEnds() {
    purchase.success().forEach(OrderEventsTest::append);

    try (Sse stream = open(URI, null)) {
      stream.awaitEnd();

      assertThat(stream.types())
          .containsExactly(
              "OrderPlaced",
              "StockReserved",
              "PaymentRequested",
              "PaymentAuthorised",
              "OrderConfirmed",
              "ShipmentPrepared",
              "PaymentCaptured");
      assertThat(stream.ids()).containsExactly("1", "3", "4", "5", "7", "8", "10");
      assertThat(data(stream, 0).get("status").asString()).isEqualTo("placed");
      assertThat(data(stream, 0).get("orderId").asString()).isEqualTo("ord-a");
      assertThat(data(stream, 1).get("expiresAt").asString()).isEqualTo("2026-11-23T19:15:00Z");
      assertThat(data(stream, 3).get("paymentStatus").asString()).isEqualTo("authorised");
      assertThat(data(stream, 3).get("status").asString()).isEqualTo("reserved");
      assertThat(data(stream, 4).get("status").asString()).isEqualTo("confirmed");
      assertThat(data(stream, 5).get("shipmentId").asString()).isEqualTo("shp-a-main");
    }
  }

  @Test
  void tellsStepsAsTheyHappen() {
    append(purchase.placed());
    try (Sse stream = open(URI, null)) {
      stream.await(1);

      int told = 1;
      for (Event event : purchase.success().subList(1, purchase.success().size())) {
        append(event);
        if (!event.equals(purchase.held())
            && !event.equals(purchase.committed())
            && !event.equals(purchase.capturing())) {
          stream.await(++told);
        }
      }

      stream.awaitEnd();
      assertThat(stream.types()).endsWith("OrderConfirmed", "ShipmentPrepared", "PaymentCaptured");
    }
    Sse.until(() -> server.watchers() == 0, "a watch was left");
  }

  @Test
  void goesOnAfterTheLastEventThatTheClientHad() {
    purchase.success().forEach(OrderEventsTest::append);

    try (Sse stream = open(URI, "5")) {
      stream.awaitEnd();

      assertThat(stream.ids()).containsExactly("7", "8", "10");
      assertThat(data(stream, 0).get("status").asString()).isEqualTo("confirmed");
    }
    try (Sse stream = open(URI, "10")) {
      assertThat(stream.awaitEnd().ids()).isEmpty();
    }
  }

  @Test
  void followsToTheDeliveryWhenAsked() {
    purchase.success().forEach(OrderEventsTest::append);

    try (Sse stream = open(URI + "?follow=true", null)) {
      stream.await(7);
      append(purchase.dispatched());
      append(purchase.shipped());
      append(purchase.arrived());
      append(purchase.delivered());
      stream.await(11);

      assertThat(stream.types())
          .endsWith("ShipmentDispatched", "OrderShipped", "ShipmentDelivered", "OrderDelivered");
      assertThat(data(stream, 7).get("carrier").asString()).isEqualTo("Royal Post");
      assertThat(stream.hasEnded()).isFalse();
    }
    Sse.until(() -> server.watchers() == 0, "a watch was left when the client went");
  }

  @Test
  void endsAtOnceWhenNothingIsOwed() {
    append(purchase.placed());
    append(purchase.rejected(RejectionReason.OUT_OF_STOCK));

    try (Sse stream = open(URI, null)) {
      stream.awaitEnd();

      assertThat(stream.types()).containsExactly("OrderPlaced", "OrderRejected");
      assertThat(data(stream, 1).get("reason").asString()).isEqualTo("out-of-stock");
      assertThat(data(stream, 1).get("shortages").get(0).get("requested").asInt()).isEqualTo(6);
    }
  }

  @Test
  void waitsForTheRefundOfACancelledOrder() {
    List<Event> undone = purchase.undone();
    undone.subList(0, undone.size() - 1).forEach(OrderEventsTest::append);

    try (Sse stream = open(URI, null)) {
      stream.await(7);
      assertThat(stream.types()).endsWith("PaymentCaptured", "OrderCancelled");
      assertThat(data(stream, 6).get("note").asString()).isEqualTo("changed my mind");
      assertThat(stream.hasEnded()).isFalse();

      append(purchase.refunded());

      assertThat(stream.awaitEnd().types()).endsWith("PaymentRefunded");
    }
  }

  @Test
  void doesNotWaitForEverForTheMoney() {
    append(purchase.placed());
    append(purchase.requested());
    append(purchase.cancelled(OrderStatus.PLACED));

    try (Sse stream = open(URI, null)) {
      assertThat(stream.awaitEnd().types()).endsWith("OrderCancelled");
    }
  }

  @Test
  void sendsACommentAtOnceSoThatTheClientKnowsItIsConnected() {
    append(purchase.placed());

    try (Sse stream = open(URI, "1")) {
      Sse.until(() -> stream.comments() > 0, "no comment came");
      assertThat(stream.events()).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNoEventId() {
    append(purchase.placed());

    server
        .client("ada", Caller.CUSTOMER)
        .get()
        .uri(URI)
        .header("Last-Event-ID", "yesterday")
        .exchange()
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("Last-Event-ID");
  }

  /** Between reading and watching nothing may be lost, and nothing told twice. */
  @Test
  void everyClientGetsEveryStepOnceWheneverItComes() throws Exception {
    List<Event> story = purchase.success();
    List<String> expected = List.of("1", "3", "4", "5", "7", "8", "10");
    append(story.getFirst());
    List<Sse> clients = new ArrayList<>();

    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      for (Event event : story.subList(1, story.size())) {
        Future<?> written = writer.submit(() -> append(event));
        clients.add(open(URI, null));
        written.get();
      }
    }

    for (Sse client : clients) {
      assertThat(client.awaitEnd().ids()).isEqualTo(expected);
      client.close();
    }
    Sse.until(() -> server.watchers() == 0, "a watch was left");
  }
}
