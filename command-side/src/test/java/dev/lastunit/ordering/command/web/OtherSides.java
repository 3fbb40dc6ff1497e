package dev.lastunit.ordering.command.web;

import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.catalogue.api.CatalogueQuery.FindPrices;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderQuery.FindOrder;
import dev.lastunit.ordering.api.OrderQuery.OrderLineView;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.axonframework.queryhandling.QueryHandler;

/** The query side and the order process as far as the controllers meet them. */
final class OtherSides {

  private OtherSides() {}

  /** The catalogue's prices, as a test sets them. */
  static final class Catalogue {

    final Map<Sku, Money> prices = new ConcurrentHashMap<>();
    volatile long minPosition;

    @QueryHandler
    CompletableFuture<Prices> handle(FindPrices query) {
      minPosition = query.minPosition();
      return CompletableFuture.completedFuture(
          new Prices(
              query.skus().stream()
                  .filter(prices::containsKey)
                  .map(sku -> new PricedProduct(sku, "Name of " + sku, prices.get(sku)))
                  .toList()));
    }
  }

  /** Orders, folded from the event store when they are asked for. */
  static final class Orders {

    private final EventStore store;
    volatile boolean late;

    Orders(EventStore store) {
      this.store = store;
    }

    @QueryHandler
    CompletableFuture<OrderView> handle(FindOrder query) {
      if (late) {
        return CompletableFuture.failedFuture(
            new Problem(ErrorCode.READ_MODEL_BEHIND, "late, as the test wants it"));
      }
      OrderPlaced placed = null;
      OrderStatus status = null;
      RejectionReason reason = null;
      List<Shortage> shortages = List.of();
      for (var event : CommandSideServer.events(store, query.orderId().stream())) {
        switch (event) {
          case OrderPlaced first -> {
            placed = first;
            status = OrderStatus.PLACED;
          }
          case OrderReserved _ -> status = OrderStatus.RESERVED;
          case OrderConfirmed _ -> status = OrderStatus.CONFIRMED;
          case OrderShipped _ -> status = OrderStatus.SHIPPED;
          case OrderDelivered _ -> status = OrderStatus.DELIVERED;
          case OrderCancelled _ -> status = OrderStatus.CANCELLED;
          case OrderRejected rejected -> {
            status = OrderStatus.REJECTED;
            reason = rejected.reason();
            shortages = rejected.shortages();
          }
          default -> throw new IllegalStateException("Not an order's: " + event);
        }
      }
      return CompletableFuture.completedFuture(
          placed == null
              ? null
              : new OrderView(
                  placed.orderId(),
                  placed.customerId(),
                  status,
                  reason,
                  placed.lines().stream()
                      .map(
                          line ->
                              new OrderLineView(
                                  line.sku(),
                                  line.name(),
                                  line.quantity(),
                                  line.unitPrice(),
                                  line.unitPrice().times(line.quantity())))
                      .toList(),
                  placed.total(),
                  Instant.EPOCH,
                  null,
                  null,
                  List.of(),
                  shortages,
                  List.of(),
                  List.of()));
    }
  }

  /** Decides orders as their token says, by commands to the real aggregate. */
  static final class Process {

    private static final Instant EXPIRES_AT = Instant.parse("2026-11-27T12:15:00Z");

    private final Commands commands;

    Process(Commands commands) {
      this.commands = commands;
    }

    void see(RecordedEvent event) {
      if (event.payload() instanceof OrderPlaced placed) {
        switch (placed.payment().token()) {
          case "tok_ok" -> confirm(placed);
          case "tok_out" ->
              reject(
                  placed,
                  RejectionReason.OUT_OF_STOCK,
                  List.of(new Shortage(new Sku("LAMP"), 2, 1)));
          case "tok_declined" -> reject(placed, RejectionReason.PAYMENT_DECLINED, List.of());
          case "tok_expired" -> reject(placed, RejectionReason.RESERVATION_EXPIRED, List.of());
          case "tok_cancelled" ->
              commands.send(new CancelOrder(placed.orderId(), null, "by an operator"));
          default -> {
            // Stays undecided.
          }
        }
      }
    }

    void confirm(OrderPlaced placed) {
      var lines =
          placed.lines().stream()
              .map(
                  line ->
                      new ReservedLine(
                          line.sku(),
                          List.of(new Allocation(new LocationId("north"), line.quantity()))))
              .toList();
      commands
          .send(new RecordReservation(placed.orderId(), lines, EXPIRES_AT))
          .thenCompose(reserved -> commands.send(new ConfirmOrder(placed.orderId())));
    }

    private void reject(OrderPlaced placed, RejectionReason reason, List<Shortage> shortages) {
      commands
          .send(new RejectOrder(placed.orderId(), reason, shortages))
          .thenAccept(
              rejected -> {
                if (placed.cartId() != null) {
                  commands.send(new ReopenCart(placed.cartId(), placed.orderId()));
                }
              });
    }
  }
}
