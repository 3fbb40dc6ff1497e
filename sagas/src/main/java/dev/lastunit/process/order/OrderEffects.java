package dev.lastunit.process.order;

import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.fulfilment.api.ShipmentCommand.CancelShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.PrepareShipment;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.ReservationEnd;
import dev.lastunit.inventory.api.StockCommand.ConfirmReservation;
import dev.lastunit.inventory.api.StockCommand.ReleaseReservation;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockCommand.ReturnUnits;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.FindPlacedOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.payment.api.PaymentCommand.AbandonPayment;
import dev.lastunit.payment.api.PaymentCommand.RequestCapture;
import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.process.order.OrderProcessState.Line;
import dev.lastunit.process.order.OrderProcessState.Seen;
import dev.lastunit.process.order.OrderProcessState.Undo;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Result.Accepted;
import dev.lastunit.shared.api.Result.Refused;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * What the order process does: commands whose results are all awaited, without a thread that waits.
 * Every effect may run twice, since identifiers derive from the order and commands are safe to
 * repeat.
 *
 * <p>Errors: a returned future fails when the outcome is not known, and with {@link StuckException}
 * when an aggregate refuses what it must not refuse.
 */
final class OrderEffects {

  private final CommandSender sender;
  private final Clock clock;
  private final Duration reservationTtl;
  private final String provider;

  /**
   * @param reservationTtl how long units are held when their SKU's policy does not say
   * @param provider name of the provider that payments go to
   */
  OrderEffects(CommandSender sender, Clock clock, Duration reservationTtl, String provider) {
    this.sender = sender;
    this.clock = clock;
    this.reservationTtl = reservationTtl;
    this.provider = provider;
  }

  // RESERVING

  CompletableFuture<OrderOutcome> reserve(OrderProcessState order) {
    return order.perhapsBefore()
        ? find(order)
            .thenCompose(
                found -> {
                  OrderOutcome before = before(found);
                  return before == null
                      ? reserveLines(order)
                      : CompletableFuture.completedFuture(before);
                })
        : reserveLines(order);
  }

  /** What was done about the order before; null when nothing is known to have been done. */
  private static OrderOutcome before(OrderState found) {
    return switch (found.status()) {
      case PLACED -> null;
      case RESERVED, CONFIRMED, SHIPPED -> underWay(found);
      case DELIVERED, REJECTED, CANCELLED -> ended(found);
    };
  }

  private static OrderOutcome underWay(OrderState found) {
    return new OrderOutcome.FoundUnderWay(
        found.status(),
        found.reserved().stream().map(line -> Line.held(line.sku(), line.allocations())).toList(),
        found.expiresAt());
  }

  /** What was cancelled may have units that were committed, and only the order knows where. */
  private static OrderOutcome ended(OrderState found) {
    return found.status() == OrderStatus.CANCELLED && !found.reserved().isEmpty()
        ? underWay(found)
        : new OrderOutcome.ReservationEnded(found.status());
  }

  private CompletableFuture<OrderOutcome> reserveLines(OrderProcessState order) {
    Instant now = clock.instant();
    List<ReserveStock> commands =
        order.lines().stream()
            .map(
                line ->
                    new ReserveStock(
                        line.sku(),
                        reservation(order, line),
                        order.orderId(),
                        line.quantity(),
                        reservationTtl,
                        now))
            .toList();
    return sender
        .sendAll(commands)
        .thenCompose(
            answers -> {
              OrderOutcome outcome = reserved(order, answers);
              return outcome != null
                  ? CompletableFuture.completedFuture(outcome)
                  : find(order).thenApply(OrderEffects::ended);
            });
  }

  /** Null when a reservation has ended. */
  private static OrderOutcome reserved(OrderProcessState order, List<Result<Reservation>> answers) {
    List<Line> lines = new ArrayList<>(answers.size());
    List<Shortage> shortages = new ArrayList<>();
    Instant earliest = null;
    boolean ended = false;
    for (int at = 0; at < answers.size(); at++) {
      Line line = order.lines().get(at);
      switch (answers.get(at)) {
        case Accepted<Reservation>(Reservation held, boolean repeated) -> {
          lines.add(new Line(line.sku(), line.quantity(), held.allocations()));
          if (earliest == null || held.expiresAt().isBefore(earliest)) {
            earliest = held.expiresAt();
          }
        }
        // A SKU of which inventory has never heard has no units.
        case Refused<Reservation> refused
            when refused.code() == ErrorCode.OUT_OF_STOCK
                || refused.code() == ErrorCode.NOT_FOUND -> {
          lines.add(new Line(line.sku(), line.quantity(), List.of()));
          shortages.add(
              new Shortage(line.sku(), line.quantity(), number(refused.facts().get("available"))));
        }
        case Refused<Reservation> refused when refused.code() == ErrorCode.RESERVATION_ENDED -> {
          lines.add(line);
          ended = true;
        }
        case Refused<Reservation> refused -> throw unexpected("ReserveStock", refused);
      }
    }
    if (ended) {
      return null;
    }
    return shortages.isEmpty()
        ? new OrderOutcome.AllReserved(lines, earliest)
        : new OrderOutcome.OutOfStock(lines, shortages);
  }

  private CompletableFuture<OrderState> find(OrderProcessState order) {
    return sender
        .send(new FindPlacedOrder(order.orderId(), order.fingerprint()))
        .thenApply(
            answer ->
                switch (answer) {
                  case Accepted<OrderState>(OrderState state, boolean repeated) -> state;
                  case Refused<OrderState> refused -> throw unexpected("FindPlacedOrder", refused);
                });
  }

  // PAYING

  CompletableFuture<OrderOutcome> pay(OrderProcessState order) {
    List<ReservedLine> held =
        order.lines().stream()
            .map(line -> new ReservedLine(line.sku(), line.allocations()))
            .toList();
    return sender
        .send(new RecordReservation(order.orderId(), held, order.expiresAt()))
        .thenCompose(
            recorded -> {
              OrderStatus status = statusAfter("RecordReservation", recorded);
              if (status != OrderStatus.RESERVED) {
                return CompletableFuture.completedFuture(new OrderOutcome.OrderSays(status));
              }
              return order.free()
                  ? CompletableFuture.completedFuture(new OrderOutcome.NothingToPay())
                  : requestPayment(order);
            });
  }

  private CompletableFuture<OrderOutcome> requestPayment(OrderProcessState order) {
    return sender
        .send(
            new RequestPayment(
                payment(order),
                order.orderId(),
                order.customerId(),
                order.total(),
                order.method(),
                order.token(),
                provider))
        .thenApply(
            answer ->
                new OrderOutcome.PaymentAsked(
                    switch (answer) {
                      case Accepted<PaymentStatus>(PaymentStatus status, boolean repeated) ->
                          status;
                      // Closed before it was asked for: as good as given back.
                      case Refused<PaymentStatus> refused
                          when refused.code() == ErrorCode.INVALID_TRANSITION ->
                          PaymentStatus.VOIDED;
                      case Refused<PaymentStatus> refused ->
                          throw unexpected("RequestPayment", refused);
                    }));
  }

  // COMMITTING

  CompletableFuture<OrderOutcome> commit(OrderProcessState order) {
    Instant now = clock.instant();
    List<ConfirmReservation> commands =
        order.lines().stream()
            .map(line -> new ConfirmReservation(line.sku(), reservation(order, line), now))
            .toList();
    return sender
        .sendAll(commands)
        .thenCompose(
            answers -> {
              boolean all = true;
              for (Result<Reservation> answer : answers) {
                if (answer instanceof Refused<Reservation> refused) {
                  // NOT_FOUND is not among these: the reservation was made, so inventory has
                  // forgotten how it ended, and undoing on a guess could lose committed units.
                  if (refused.code() != ErrorCode.RESERVATION_ENDED) {
                    throw unexpected("ConfirmReservation", refused);
                  }
                  all = false;
                }
              }
              return all
                  ? confirm(order)
                  : CompletableFuture.completedFuture(new OrderOutcome.CommitRefused());
            });
  }

  private CompletableFuture<OrderOutcome> confirm(OrderProcessState order) {
    return sender
        .send(new ConfirmOrder(order.orderId()))
        .thenApply(
            answer -> {
              OrderStatus status = statusAfter("ConfirmOrder", answer);
              return switch (status) {
                case CONFIRMED, SHIPPED, DELIVERED -> new OrderOutcome.Confirmed();
                case CANCELLED, REJECTED -> new OrderOutcome.OrderSays(status);
                case PLACED, RESERVED ->
                    throw new StuckException("The order stays " + status + " when confirmed");
              };
            });
  }

  // SETTLING

  CompletableFuture<OrderOutcome> settle(OrderProcessState order) {
    List<PrepareShipment> shipments = new ArrayList<>();
    shipmentLines(order)
        .forEach(
            (location, lines) ->
                shipments.add(
                    new PrepareShipment(
                        ShipmentId.of(order.orderId(), location),
                        order.orderId(),
                        location,
                        lines)));
    CompletableFuture<List<Result<ShipmentState>>> prepared = sender.sendAll(shipments);
    CompletableFuture<Result<PaymentStatus>> capture =
        order.free()
            ? CompletableFuture.completedFuture(null)
            : sender.send(new RequestCapture(payment(order)));
    return prepared.thenCombine(
        capture,
        (answers, asked) -> {
          for (Result<ShipmentState> answer : answers) {
            if (answer instanceof Refused<ShipmentState> refused) {
              throw unexpected("PrepareShipment", refused);
            }
          }
          return new OrderOutcome.Settled(
              switch (asked) {
                case null -> null;
                case Accepted<PaymentStatus>(PaymentStatus status, boolean repeated) -> status;
                // Abandoned meanwhile, because the order was cancelled: its event is on the way.
                case Refused<PaymentStatus> refused
                    when refused.code() == ErrorCode.INVALID_TRANSITION ->
                    PaymentStatus.ABANDONED;
                case Refused<PaymentStatus> refused -> throw unexpected("RequestCapture", refused);
              });
        });
  }

  private static Map<LocationId, List<ShipmentLine>> shipmentLines(OrderProcessState order) {
    Map<LocationId, List<ShipmentLine>> byLocation = new LinkedHashMap<>();
    for (Line line : order.lines()) {
      for (Allocation allocation : line.allocations()) {
        byLocation
            .computeIfAbsent(allocation.location(), location -> new ArrayList<>())
            .add(new ShipmentLine(line.sku(), allocation.quantity()));
      }
    }
    return byLocation;
  }

  // COMPENSATING

  CompletableFuture<OrderOutcome> compensate(OrderProcessState order) {
    return cancelFirst(order)
        .thenCompose(ignored -> cancelShipments(order))
        .thenCompose(ignored -> giveBackUnits(order))
        .thenCompose(ignored -> abandonPayment(order))
        .thenCompose(
            payment ->
                rejectAndReopen(order).thenApply(ignored -> new OrderOutcome.GaveBack(payment)));
  }

  /** An order that an operator gives up is cancelled before anything else: it may have shipped. */
  private CompletableFuture<Void> cancelFirst(OrderProcessState order) {
    if (order.undo() != Undo.ABANDONED) {
      return CompletableFuture.completedFuture(null);
    }
    return sender
        .send(new CancelOrder(order.orderId(), null, "Given up by an operator"))
        .thenAccept(
            answer -> {
              if (answer instanceof Refused<OrderState> refused
                  && statusFact(refused) != OrderStatus.REJECTED) {
                throw new StuckException(
                    "The order cannot be cancelled any more: " + refused.detail());
              }
            });
  }

  private CompletableFuture<Void> cancelShipments(OrderProcessState order) {
    if (!order.settling()) {
      return CompletableFuture.completedFuture(null);
    }
    List<CancelShipment> commands =
        order.lines().stream()
            .filter(line -> line.allocations() != null)
            .flatMap(line -> line.allocations().stream())
            .map(Allocation::location)
            .distinct()
            .map(location -> new CancelShipment(ShipmentId.of(order.orderId(), location)))
            .toList();
    return sender
        .sendAll(commands)
        .thenAccept(
            answers -> {
              for (Result<ShipmentState> answer : answers) {
                // One that was never prepared needs no cancelling.
                if (answer instanceof Refused<ShipmentState> refused
                    && refused.code() != ErrorCode.NOT_FOUND) {
                  throw new StuckException("A shipment has left: " + refused.detail());
                }
              }
            });
  }

  /**
   * Units that are known to be committed are returned outright: inventory remembers only so many
   * ended reservations, and to release a forgotten one would give nothing back. Otherwise inventory
   * says whether they were committed.
   */
  private CompletableFuture<Void> giveBackUnits(OrderProcessState order) {
    List<Line> held = order.lines().stream().filter(line -> !line.certainlyNotHeld()).toList();
    if (order.committed()) {
      return returnUnits(order, held)
          .thenCompose(open -> releaseUnits(order, open))
          .thenAccept(
              committed -> {
                if (!committed.isEmpty()) {
                  throw new IllegalStateException("Reservations were committed just now");
                }
              });
    }
    return releaseUnits(order, held)
        .thenCompose(committed -> returnUnits(order, committed))
        .thenAccept(
            open -> {
              if (!open.isEmpty()) {
                throw new IllegalStateException("Reservations came back to life");
              }
            });
  }

  /** Answers the lines that were committed, and so are not to be released but returned. */
  private CompletableFuture<List<Line>> releaseUnits(OrderProcessState order, List<Line> lines) {
    List<ReleaseReservation> releases =
        lines.stream()
            .map(
                line ->
                    new ReleaseReservation(
                        line.sku(), reservation(order, line), order.undo().text()))
            .toList();
    return sender
        .sendAll(releases)
        .thenApply(
            answers -> {
              List<Line> committed = new ArrayList<>();
              for (int at = 0; at < answers.size(); at++) {
                if (answers.get(at) instanceof Refused<Void> refused
                    && refused.code() != ErrorCode.NOT_FOUND) {
                  String end = text(refused.facts().get("end"));
                  if (!ReservationEnd.CONFIRMED.name().equalsIgnoreCase(end)) {
                    throw unexpected("ReleaseReservation", refused);
                  }
                  committed.add(lines.get(at));
                }
              }
              return committed;
            });
  }

  /** Answers the lines that are still open, and so are not to be returned but released. */
  private CompletableFuture<List<Line>> returnUnits(OrderProcessState order, List<Line> lines) {
    for (Line line : lines) {
      if (line.allocations() == null) {
        throw new StuckException("Committed units of " + line.sku() + " at unknown locations");
      }
    }
    List<ReturnUnits> returns =
        lines.stream()
            .map(
                line ->
                    new ReturnUnits(
                        line.sku(),
                        reservation(order, line),
                        order.orderId(),
                        line.allocations(),
                        order.undo().text(),
                        null))
            .toList();
    return sender
        .sendAll(returns)
        .thenApply(
            answers -> {
              List<Line> open = new ArrayList<>();
              for (int at = 0; at < answers.size(); at++) {
                if (answers.get(at) instanceof Refused<StockLevel> refused) {
                  if (refused.code() == ErrorCode.INVALID_TRANSITION) {
                    open.add(lines.get(at));
                  } else if (refused.code() != ErrorCode.RESERVATION_ENDED) {
                    throw unexpected("ReturnUnits", refused);
                  }
                }
              }
              return open;
            });
  }

  /** Answers null when there is no payment. */
  private CompletableFuture<PaymentStatus> abandonPayment(OrderProcessState order) {
    if (!order.paymentPossible()) {
      return CompletableFuture.completedFuture(null);
    }
    if (order.saw(Seen.DECLINED)) {
      return CompletableFuture.completedFuture(PaymentStatus.DECLINED);
    }
    return sender
        .send(new AbandonPayment(payment(order), order.orderId(), order.undo().text()))
        .thenApply(
            answer ->
                switch (answer) {
                  case Accepted<PaymentStatus>(PaymentStatus status, boolean repeated) -> status;
                  case Refused<PaymentStatus> refused ->
                      throw unexpected("AbandonPayment", refused);
                });
  }

  private CompletableFuture<Void> rejectAndReopen(OrderProcessState order) {
    if (order.undo().rejection() == null) {
      return CompletableFuture.completedFuture(null);
    }
    return sender
        .send(new RejectOrder(order.orderId(), order.undo().rejection(), order.shortages()))
        .thenCompose(
            answer -> {
              OrderStatus status = statusAfter("RejectOrder", answer);
              if (status == OrderStatus.CANCELLED) {
                return CompletableFuture.completedFuture(null);
              }
              if (status != OrderStatus.REJECTED) {
                throw new StuckException("The order is " + status + " and cannot be rejected");
              }
              return order.cartId() == null
                  ? CompletableFuture.completedFuture(null)
                  : sender
                      .send(new ReopenCart(order.cartId(), order.orderId()))
                      .thenAccept(OrderEffects::reopened);
            });
  }

  private static void reopened(Result<Void> answer) {
    // A cart that is gone, or that another order has by now, is not ours to give back.
    if (answer instanceof Refused<Void> refused
        && refused.code() != ErrorCode.NOT_FOUND
        && refused.code() != ErrorCode.CART_CHECKED_OUT) {
      throw unexpected("ReopenCart", refused);
    }
  }

  // Reading answers

  /** The order's status after a command, whether it took it or not. */
  private static OrderStatus statusAfter(String command, Result<OrderState> answer) {
    return switch (answer) {
      case Accepted<OrderState>(OrderState state, boolean repeated) -> state.status();
      case Refused<OrderState> refused when statusFact(refused) != null -> statusFact(refused);
      case Refused<OrderState> refused -> throw unexpected(command, refused);
    };
  }

  /** Null when the refusal does not say. */
  private static OrderStatus statusFact(Refused<?> refused) {
    String said = text(refused.facts().get("status"));
    for (OrderStatus status : OrderStatus.values()) {
      if (status.name().equalsIgnoreCase(said) || status.text().equalsIgnoreCase(said)) {
        return status;
      }
    }
    return null;
  }

  private static String text(Object fact) {
    return Objects.toString(fact, "");
  }

  private static int number(Object fact) {
    return fact instanceof Number number ? number.intValue() : 0;
  }

  private static StuckException unexpected(String command, Refused<?> refused) {
    return new StuckException(command + " was refused: " + refused.code() + " " + refused.detail());
  }

  private static ReservationId reservation(OrderProcessState order, Line line) {
    return ReservationId.of(order.orderId(), line.sku());
  }

  private static PaymentId payment(OrderProcessState order) {
    return PaymentId.of(order.orderId());
  }
}
