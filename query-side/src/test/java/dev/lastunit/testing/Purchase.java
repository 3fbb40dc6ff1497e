package dev.lastunit.testing;

import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDispatched;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.List;

/**
 * The events of one purchase of some units of one SKU at 2.55 GBP each, from one location.
 *
 * @param orderId its identifier
 * @param customer who buys
 * @param sku what is bought
 * @param quantity units
 * @param expiresAt until when the units are held
 */
public record Purchase(
    OrderId orderId, CustomerId customer, Sku sku, int quantity, Instant expiresAt) {

  /** Where all units are. */
  public static final LocationId MAIN = new LocationId("main");

  private static final String CHARGE = "ch-";

  /** Six units of SKU {@code 85123A}, held for 15 minutes from the start. */
  public static Purchase of(String order, String customer) {
    return new Purchase(
        new OrderId(order),
        new CustomerId(customer),
        new Sku("85123A"),
        6,
        StoreServer.START.plusSeconds(900));
  }

  /** The stream that an event belongs to. */
  public static String stream(Event event) {
    return switch (event) {
      case dev.lastunit.ordering.api.OrderEvent e -> e.orderId().stream();
      case dev.lastunit.payment.api.PaymentEvent e -> e.paymentId().stream();
      case dev.lastunit.fulfilment.api.ShipmentEvent e -> e.shipmentId().stream();
      case dev.lastunit.inventory.api.StockEvent e -> StockCommand.streamOf(e.sku());
      default -> throw new IllegalArgumentException("No stream for " + event);
    };
  }

  public PaymentId paymentId() {
    return PaymentId.of(orderId);
  }

  public ReservationId reservationId() {
    return ReservationId.of(orderId, sku);
  }

  public ShipmentId shipmentId() {
    return ShipmentId.of(orderId, MAIN);
  }

  public Money unitPrice() {
    return new Money(255, "GBP");
  }

  public Money total() {
    return unitPrice().times(quantity);
  }

  public List<Allocation> allocations() {
    return List.of(new Allocation(MAIN, quantity));
  }

  private List<ReservedLine> lines() {
    return List.of(new ReservedLine(sku, allocations()));
  }

  private String charge() {
    return CHARGE + orderId.suffix();
  }

  public OrderPlaced placed() {
    return new OrderPlaced(
        orderId,
        customer,
        "key-" + orderId,
        "print",
        null,
        List.of(new OrderLine(sku, "Heart", quantity, unitPrice())),
        total(),
        new ShippingAddress("Ada Example", "1 Mill Lane", null, "Leeds", "LS1 1AA", "GB"),
        new PaymentChoice("card", "tok_ok"));
  }

  public StockReserved held() {
    return new StockReserved(sku, reservationId(), orderId, allocations(), expiresAt);
  }

  public OrderReserved reserved() {
    return new OrderReserved(orderId, lines(), expiresAt);
  }

  public PaymentRequested requested() {
    return new PaymentRequested(
        paymentId(), orderId, customer, total(), "card", "tok_ok", "simulator");
  }

  public PaymentPending pending() {
    return new PaymentPending(paymentId(), orderId, charge());
  }

  public PaymentAuthorised authorised() {
    return new PaymentAuthorised(paymentId(), orderId, charge(), total());
  }

  public PaymentDeclined declined() {
    return new PaymentDeclined(paymentId(), orderId, "no-funds");
  }

  public ReservationConfirmed committed() {
    return new ReservationConfirmed(sku, reservationId(), orderId, allocations());
  }

  public ReservationReleased released() {
    return new ReservationReleased(sku, reservationId(), orderId, allocations(), "rejected");
  }

  public UnitsReturned returned() {
    return new UnitsReturned(sku, reservationId(), orderId, allocations(), "cancelled", null);
  }

  public OrderConfirmed confirmed() {
    return new OrderConfirmed(orderId);
  }

  public PaymentCaptureRequested capturing() {
    return new PaymentCaptureRequested(paymentId(), orderId);
  }

  public PaymentCaptured captured() {
    return new PaymentCaptured(paymentId(), orderId, charge(), total());
  }

  public OrderRejected rejected(RejectionReason reason) {
    return new OrderRejected(
        orderId,
        reason,
        reason == RejectionReason.OUT_OF_STOCK
            ? List.of(new Shortage(sku, quantity, 1))
            : List.of());
  }

  public OrderCancelled cancelled(OrderStatus from) {
    return new OrderCancelled(orderId, "changed my mind", from, lines());
  }

  public PaymentAbandoned abandoned() {
    return new PaymentAbandoned(paymentId(), orderId, "cancelled");
  }

  public PaymentVoided voided() {
    return new PaymentVoided(paymentId(), orderId);
  }

  public PaymentRefunded refunded() {
    return new PaymentRefunded(paymentId(), orderId, charge(), total(), null);
  }

  public ShipmentPrepared prepared() {
    return new ShipmentPrepared(
        shipmentId(), orderId, MAIN, List.of(new ShipmentLine(sku, quantity)));
  }

  public OrderShipped shipped() {
    return new OrderShipped(orderId, shipmentId());
  }

  public ShipmentDispatched dispatched() {
    return new ShipmentDispatched(shipmentId(), orderId, "Royal Post", "RP1");
  }

  public ShipmentDelivered arrived() {
    return new ShipmentDelivered(shipmentId(), orderId);
  }

  public OrderDelivered delivered() {
    return new OrderDelivered(orderId);
  }

  /** From placed to paid in full. */
  public List<Event> success() {
    return List.of(
        placed(),
        held(),
        reserved(),
        requested(),
        authorised(),
        committed(),
        confirmed(),
        prepared(),
        capturing(),
        captured());
  }

  /** A success that is cancelled afterwards: units and money go back. */
  public List<Event> undone() {
    return List.of(
        placed(),
        held(),
        reserved(),
        requested(),
        authorised(),
        committed(),
        confirmed(),
        capturing(),
        captured(),
        cancelled(OrderStatus.CONFIRMED),
        returned(),
        abandoned(),
        refunded());
  }

  /** The payment is declined. */
  public List<Event> refusal() {
    return List.of(
        placed(),
        held(),
        reserved(),
        requested(),
        declined(),
        released(),
        rejected(RejectionReason.PAYMENT_DECLINED));
  }
}
