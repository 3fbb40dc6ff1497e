package dev.lastunit.fulfilment.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.fulfilment.api.ShipmentCommand.CancelShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.DispatchShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.PrepareShipment;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.ordering.command.web.CommandSideServer;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/** What leaves can no longer be cancelled, and what was cancelled does not leave. */
class ShipmentControllerTest {

  private static final LocationId NORTH = new LocationId("north");
  private static final LocationId SOUTH = new LocationId("south");

  private static CommandSideServer server;

  private final WebTestClient client = server.client("worker", Caller.WAREHOUSE);
  private OrderId order;
  private ShipmentId north;
  private ShipmentId south;

  @BeforeAll
  static void start() {
    server = new CommandSideServer(store -> List.of(), Map.of(), ShipmentController.class);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** An order that is confirmed, with a shipment from each of two locations. */
  @BeforeEach
  void prepare(TestInfo test) {
    server.commands().reset();
    order = new OrderId("ord-" + test.getTestMethod().orElseThrow().getName());
    north = ShipmentId.of(order, NORTH);
    south = ShipmentId.of(order, SOUTH);
    var lamp = new Sku("LAMP");
    server.send(
        new PlaceOrder(
            order,
            new CustomerId("buyer"),
            "key",
            "fingerprint",
            null,
            List.of(new OrderLine(lamp, "Lamp", 2, new Money(1250, "EUR"))),
            new Money(2500, "EUR"),
            new ShippingAddress("Ada", "1 High Street", null, "London", "N1 1AA", "GB"),
            new PaymentChoice("card", "tok_ok")));
    server.send(
        new RecordReservation(
            order,
            List.of(
                new ReservedLine(
                    lamp, List.of(new Allocation(NORTH, 1), new Allocation(SOUTH, 1)))),
            Instant.EPOCH));
    server.send(new ConfirmOrder(order));
    var lines = List.of(new ShipmentLine(lamp, 1));
    server.send(new PrepareShipment(north, order, NORTH, lines));
    server.send(new PrepareShipment(south, order, SOUTH, lines));
  }

  @Test
  void dispatchesAShipmentAndItsOrder() {
    dispatch(north, "T-1")
        .expectStatus()
        .isOk()
        .expectHeader()
        .exists("Event-Position")
        .expectBody()
        .jsonPath("$.shipmentId")
        .isEqualTo(north.value())
        .jsonPath("$.orderId")
        .isEqualTo(order.value())
        .jsonPath("$.status")
        .isEqualTo("dispatched");
    assertThat(server.events(north.stream()).getLast())
        .isEqualTo(new ShipmentDispatched(north, order, "Acme Parcels", "T-1"));
    assertThat(server.events(order.stream()).getLast()).isEqualTo(new OrderShipped(order, north));
  }

  @Test
  void dispatchesOnce() {
    dispatch(north, "T-1").expectStatus().isOk();
    dispatch(north, "T-1").expectStatus().isOk();
    dispatch(north, "T-2").expectStatus().isEqualTo(409);

    assertThat(server.events(north.stream())).hasSize(2);
  }

  @Test
  void dispatchesEveryShipmentOfAnOrder() {
    dispatch(north, "T-1").expectStatus().isOk();
    dispatch(south, "T-2").expectStatus().isOk();

    assertThat(server.events(order.stream())).hasSize(4);
  }

  @Test
  void repeatsADispatchThoughEverythingHasArrived() {
    dispatch(north, "T-1").expectStatus().isOk();
    deliver(north).expectStatus().isOk();
    server.send(new RecordOrderDelivery(order));

    dispatch(north, "T-1")
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("delivered");
  }

  /** The shipment may not know of the cancellation yet; the order does. */
  @Test
  void dispatchesNothingOfACancelledOrder() {
    server.send(new CancelOrder(order, null, "fraud"));

    dispatch(north, "T-1")
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/invalid-transition")
        .jsonPath("$.status")
        .isEqualTo("cancelled");
    assertThat(server.events(north.stream()).getLast()).isInstanceOf(ShipmentPrepared.class);
    assertThat(server.events(order.stream()).getLast()).isInstanceOf(OrderCancelled.class);
  }

  @Test
  void dispatchesNoCancelledShipment() {
    server.send(new CancelShipment(north));

    dispatch(north, "T-1")
        .expectStatus()
        .isEqualTo(409)
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("cancelled");
  }

  @Test
  void completesADispatchThatBrokeOff() {
    server
        .commands()
        .failWith(
            command ->
                command instanceof DispatchShipment
                    ? new Problem(ErrorCode.OVERLOADED, "full, as the test wants it")
                    : null);
    dispatch(north, "T-1").expectStatus().isEqualTo(503);
    server.commands().reset();

    dispatch(north, "T-1").expectStatus().isOk();

    assertThat(server.events(north.stream()).getLast()).isInstanceOf(ShipmentDispatched.class);
    assertThat(server.events(order.stream())).hasSize(4);
  }

  @Test
  void recordsADeliveryOnce() {
    dispatch(north, "T-1").expectStatus().isOk();

    for (int i = 0; i < 2; i++) {
      deliver(north).expectStatus().isOk().expectBody().jsonPath("$.status").isEqualTo("delivered");
    }
    assertThat(server.events(north.stream()).getLast())
        .isEqualTo(new ShipmentDelivered(north, order));
    assertThat(server.events(north.stream())).hasSize(3);
  }

  @Test
  void deliversNothingThatHasNotLeft() {
    deliver(north).expectStatus().isEqualTo(409);
  }

  @Test
  void knowsNoShipmentThatWasNotPrepared() {
    var none = new ShipmentId("shp-none");
    for (var response : List.of(dispatch(none, "T-1"), deliver(none))) {
      response
          .expectStatus()
          .isNotFound()
          .expectBody()
          .jsonPath("$.detail")
          .isEqualTo("There is no such shipment");
    }
  }

  @Test
  void needsACarrierAndANumber() {
    client
        .post()
        .uri("/v1/shipments/{id}/dispatch", north.value())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"carrier\": \" \", \"trackingNumber\": \"" + "x".repeat(101) + "\"}")
        .exchange()
        .expectStatus()
        .isEqualTo(422)
        .expectBody()
        .jsonPath("$.violations[0].field")
        .isEqualTo("carrier")
        .jsonPath("$.violations[1].field")
        .isEqualTo("trackingNumber");
    assertThat(server.events(north.stream())).hasSize(1);
    assertThat(server.events(order.stream())).hasSize(3);
  }

  private ResponseSpec dispatch(ShipmentId shipment, String number) {
    return client
        .post()
        .uri("/v1/shipments/{id}/dispatch", shipment.value())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"carrier\": \"Acme Parcels\", \"trackingNumber\": \"" + number + "\"}")
        .exchange();
  }

  private ResponseSpec deliver(ShipmentId shipment) {
    return client.post().uri("/v1/shipments/{id}/delivery", shipment.value()).exchange();
  }
}
