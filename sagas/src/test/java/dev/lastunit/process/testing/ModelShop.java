package dev.lastunit.process.testing;

import dev.lastunit.cart.api.CartCommand.ReopenCart;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.fulfilment.api.ShipmentCommand.CancelShipment;
import dev.lastunit.fulfilment.api.ShipmentCommand.PrepareShipment;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentCancelled;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentDelivered;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentPrepared;
import dev.lastunit.fulfilment.api.ShipmentEvent.ShipmentSplit;
import dev.lastunit.fulfilment.api.ShipmentLine;
import dev.lastunit.fulfilment.api.ShipmentState;
import dev.lastunit.fulfilment.api.ShipmentStatus;
import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.ReservationEnd;
import dev.lastunit.inventory.api.StockCommand.ConfirmReservation;
import dev.lastunit.inventory.api.StockCommand.ExpireReservations;
import dev.lastunit.inventory.api.StockCommand.ReleaseReservation;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockCommand.ReturnUnits;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.ordering.api.OrderCommand.CompleteReturn;
import dev.lastunit.ordering.api.OrderCommand.ConfirmOrder;
import dev.lastunit.ordering.api.OrderCommand.FindPlacedOrder;
import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderCommand.RecordOrderDelivery;
import dev.lastunit.ordering.api.OrderCommand.RecordReservation;
import dev.lastunit.ordering.api.OrderCommand.RejectOrder;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ReturnStatus;
import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.AbandonPayment;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefund;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundFailure;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentCommand.RequestCapture;
import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
import dev.lastunit.payment.api.PaymentCommand.RequestRefund;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.payment.api.RefundStatus;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A small model of stock, orders, payments, shipments and carts: what it decides is what the
 * published language promises, and every decision is an event in one log. One thread decides, as a
 * bus with one shard would. A test may let commands fail on the way in or on the way out.
 */
public final class ModelShop implements Commands, AutoCloseable {

  /** What may go wrong with a command. */
  public enum Fault {
    NONE,
    /** It is lost on the way in. */
    BEFORE,
    /** It takes effect and its answer is lost. */
    AFTER
  }

  private static final class Held {
    private final int units;
    private final OrderId orderId;
    private final Instant expiresAt;
    private ReservationEnd end;

    private Held(int units, OrderId orderId, Instant expiresAt) {
      this.units = units;
      this.orderId = orderId;
      this.expiresAt = expiresAt;
    }
  }

  private static final class Stock {
    private int onHand;
    private int sold;
    private int reserved;
    private final Set<ReturnId> returns = new HashSet<>();
    private final Map<ReservationId, Held> reservations = new LinkedHashMap<>();
  }

  private static final class Order {
    private CustomerId customer;
    private String fingerprint;
    private OrderStatus status;
    private RejectionReason reason;
    private List<ReservedLine> reserved = List.of();
    private Instant expiresAt;
  }

  private static final class Payment {
    private OrderId orderId;
    private PaymentStatus status;
    private String chargeId;
    private Money captured;
    private long refunded;
    private final Map<RefundId, Refund> refunds = new LinkedHashMap<>();
  }

  private static final class Refund {
    private final Money amount;
    private RefundStatus status = RefundStatus.REQUESTED;

    private Refund(Money amount) {
      this.amount = amount;
    }
  }

  private static final LocationId HOME = new LocationId("home");

  private final ExecutorService bus =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("model-bus").factory());
  private final List<RecordedEvent> log = new ArrayList<>();
  private final List<Command<?>> received = new ArrayList<>();
  private final Map<Sku, Stock> stocks = new HashMap<>();
  private final Map<OrderId, Order> orders = new HashMap<>();
  private final Map<PaymentId, Payment> payments = new HashMap<>();
  private final Map<ShipmentId, ShipmentState> shipments = new HashMap<>();
  private final Map<ReturnId, OrderReturn> returns = new HashMap<>();
  private final Map<CartId, OrderId> carts = new HashMap<>();
  private volatile Function<Command<?>, Fault> faults = command -> Fault.NONE;

  /** Decides from now on which commands fail. Called on the bus's thread. */
  public void faults(Function<Command<?>, Fault> next) {
    faults = next;
  }

  @Override
  public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata) {
    CompletableFuture<Reply<R>> reply = new CompletableFuture<>();
    bus.execute(
        () -> {
          Fault fault = faults.apply(command);
          if (fault == Fault.BEFORE) {
            reply.completeExceptionally(new IllegalStateException("Lost on the way in"));
            return;
          }
          Result<R> result;
          long position;
          synchronized (log) {
            received.add(command);
            @SuppressWarnings("unchecked")
            Result<R> decided = (Result<R>) decide(command);
            result = decided;
            position = log.size();
          }
          if (fault == Fault.AFTER) {
            reply.completeExceptionally(new IllegalStateException("Lost on the way out"));
          } else {
            reply.complete(new Reply<>(result, position));
          }
        });
    return reply;
  }

  /** The log so far. */
  public List<RecordedEvent> events() {
    synchronized (log) {
      return new ArrayList<>(log);
    }
  }

  /** The events after so many, at most 500 of them. */
  public List<RecordedEvent> events(int after) {
    synchronized (log) {
      return List.copyOf(log.subList(after, Math.min(log.size(), after + 500)));
    }
  }

  /** Events of one type. */
  public <E extends Event> List<E> events(Class<E> type) {
    return events().stream()
        .map(RecordedEvent::payload)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** Commands that took effect, in order. */
  public List<Command<?>> received() {
    synchronized (log) {
      return new ArrayList<>(received);
    }
  }

  /** Puts units into the building. */
  public void stock(Sku sku, int units) {
    synchronized (log) {
      stocks.computeIfAbsent(sku, key -> new Stock()).onHand += units;
    }
  }

  public StockLevel level(Sku sku) {
    synchronized (log) {
      return level(stocks.get(sku));
    }
  }

  public OrderStatus status(OrderId order) {
    synchronized (log) {
      Order known = orders.get(order);
      return known == null ? null : known.status;
    }
  }

  public PaymentStatus status(PaymentId payment) {
    synchronized (log) {
      Payment known = payments.get(payment);
      return known == null ? null : known.status;
    }
  }

  public ShipmentStatus status(ShipmentId shipment) {
    synchronized (log) {
      ShipmentState known = shipments.get(shipment);
      return known == null ? null : known.status();
    }
  }

  /** Takes units back that were delivered. */
  public void takeBack(OrderReturn accepted) {
    synchronized (log) {
      returns.put(accepted.returnId(), accepted);
      record(
          new ReturnAccepted(
              accepted.orderId(),
              accepted.returnId(),
              accepted.lines(),
              accepted.refund(),
              accepted.restock(),
              accepted.location()));
    }
  }

  private Result<OrderReturn> complete(CompleteReturn complete) {
    OrderReturn known = returns.get(complete.returnId());
    if (known.status() == ReturnStatus.COMPLETED) {
      return Result.repeated(known);
    }
    known =
        new OrderReturn(
            known.returnId(),
            known.orderId(),
            ReturnStatus.COMPLETED,
            known.lines(),
            known.refund(),
            known.restock(),
            known.location());
    returns.put(known.returnId(), known);
    record(new ReturnCompleted(known.orderId(), known.returnId()));
    return Result.accepted(known);
  }

  /** Says that a part of a shipment has left. */
  public void split(ShipmentId shipment, List<ShipmentLine> staying) {
    synchronized (log) {
      ShipmentState known = shipments.get(shipment);
      orders.get(known.orderId()).status = OrderStatus.SHIPPED;
      record(new ShipmentSplit(shipment, known.orderId(), shipment.rest(), HOME, staying));
    }
  }

  /** Says that a shipment has arrived. */
  public void deliver(ShipmentId shipment) {
    synchronized (log) {
      ShipmentState known = shipments.get(shipment);
      orders.get(known.orderId()).status = OrderStatus.SHIPPED;
      record(new ShipmentDelivered(shipment, known.orderId()));
    }
  }

  @Override
  public void close() {
    bus.shutdownNow();
  }

  private void record(Event event) {
    log.add(new RecordedEvent(log.size() + 1, Instant.EPOCH, "model", 0, event, Map.of()));
  }

  private Result<?> decide(Command<?> command) {
    return switch (command) {
      case PlaceOrder place -> place(place);
      case FindPlacedOrder find -> state(find.orderId());
      case RecordReservation reserve -> reserve(reserve);
      case ConfirmOrder confirm -> confirm(confirm);
      case RejectOrder reject -> reject(reject);
      case CancelOrder cancel -> cancel(cancel);
      case RecordOrderDelivery deliver -> deliver(deliver);
      case CompleteReturn complete -> complete(complete);
      case ReserveStock reserve -> reserve(reserve);
      case ConfirmReservation confirm -> confirm(confirm);
      case ReleaseReservation release -> release(release);
      case ReturnUnits back -> takeBack(back);
      case ExpireReservations expire -> expire(expire);
      case RequestRefund refund -> refund(refund);
      case PaymentCommand<?> payment -> payment(payment);
      case PrepareShipment prepare -> prepare(prepare);
      case CancelShipment cancel -> cancel(cancel);
      case ReopenCart reopen -> reopen(reopen);
      default -> throw new IllegalArgumentException("The model does not know " + command);
    };
  }

  // Orders

  private Result<OrderState> place(PlaceOrder place) {
    if (orders.containsKey(place.orderId())) {
      return state(place.orderId());
    }
    Order order = new Order();
    order.customer = place.customerId();
    order.fingerprint = place.fingerprint();
    order.status = OrderStatus.PLACED;
    orders.put(place.orderId(), order);
    if (place.cartId() != null) {
      carts.put(place.cartId(), place.orderId());
    }
    record(
        new OrderPlaced(
            place.orderId(),
            place.customerId(),
            place.idempotencyKey(),
            place.fingerprint(),
            place.cartId(),
            place.lines(),
            place.total(),
            place.shippingAddress(),
            place.payment()));
    return state(place.orderId());
  }

  private Result<OrderState> state(OrderId id) {
    Order order = orders.get(id);
    boolean holds =
        order.status == OrderStatus.RESERVED
            || order.status == OrderStatus.CONFIRMED
            || order.status == OrderStatus.SHIPPED
            || order.status == OrderStatus.CANCELLED;
    return Result.accepted(
        new OrderState(
            id,
            order.customer,
            order.status,
            order.reason,
            holds ? order.reserved : List.of(),
            holds ? order.expiresAt : null));
  }

  private Result<OrderState> not(ErrorCode code, OrderId id) {
    OrderStatus status = orders.get(id).status;
    return Result.refused(code, "The order is " + status.text(), Map.of("status", status.text()));
  }

  private Result<OrderState> move(OrderId id, OrderStatus to, OrderEvent event) {
    orders.get(id).status = to;
    record(event);
    return state(id);
  }

  private Result<OrderState> reserve(RecordReservation reserve) {
    Order order = orders.get(reserve.orderId());
    return switch (order.status) {
      case PLACED -> {
        order.reserved = reserve.lines();
        order.expiresAt = reserve.expiresAt();
        yield move(
            reserve.orderId(),
            OrderStatus.RESERVED,
            new OrderReserved(reserve.orderId(), reserve.lines(), reserve.expiresAt()));
      }
      case RESERVED, CONFIRMED, SHIPPED, DELIVERED -> state(reserve.orderId());
      case REJECTED, CANCELLED -> not(ErrorCode.INVALID_TRANSITION, reserve.orderId());
    };
  }

  private Result<OrderState> confirm(ConfirmOrder confirm) {
    return switch (orders.get(confirm.orderId()).status) {
      case RESERVED ->
          move(confirm.orderId(), OrderStatus.CONFIRMED, new OrderConfirmed(confirm.orderId()));
      case CONFIRMED, SHIPPED, DELIVERED -> state(confirm.orderId());
      case PLACED, REJECTED, CANCELLED -> not(ErrorCode.INVALID_TRANSITION, confirm.orderId());
    };
  }

  private Result<OrderState> reject(RejectOrder reject) {
    Order order = orders.get(reject.orderId());
    return switch (order.status) {
      case PLACED, RESERVED -> {
        order.reason = reject.reason();
        yield move(
            reject.orderId(),
            OrderStatus.REJECTED,
            new OrderRejected(reject.orderId(), reject.reason(), reject.shortages()));
      }
      case REJECTED -> state(reject.orderId());
      case CONFIRMED, SHIPPED, DELIVERED, CANCELLED ->
          not(ErrorCode.INVALID_TRANSITION, reject.orderId());
    };
  }

  private Result<OrderState> cancel(CancelOrder cancel) {
    Order order = orders.get(cancel.orderId());
    return switch (order.status) {
      case PLACED, RESERVED, CONFIRMED ->
          move(
              cancel.orderId(),
              OrderStatus.CANCELLED,
              new OrderCancelled(cancel.orderId(), cancel.reason(), order.status, order.reserved));
      case CANCELLED -> state(cancel.orderId());
      case SHIPPED, DELIVERED, REJECTED -> not(ErrorCode.NOT_CANCELLABLE, cancel.orderId());
    };
  }

  private Result<OrderState> deliver(RecordOrderDelivery deliver) {
    return orders.get(deliver.orderId()).status == OrderStatus.DELIVERED
        ? state(deliver.orderId())
        : move(deliver.orderId(), OrderStatus.DELIVERED, new OrderDelivered(deliver.orderId()));
  }

  // Stock

  private static StockLevel level(Stock stock) {
    int reserved = stock.reserved;
    return new StockLevel(stock.onHand, reserved, stock.onHand - reserved, stock.sold);
  }

  private static <R> Result<R> ended(ReservationEnd end) {
    return Result.refused(ErrorCode.RESERVATION_ENDED, "It has ended", Map.of("end", end.name()));
  }

  private static List<Allocation> at(Held held) {
    return List.of(new Allocation(HOME, held.units));
  }

  private Result<Reservation> reserve(ReserveStock reserve) {
    Stock stock = stocks.computeIfAbsent(reserve.sku(), key -> new Stock());
    Held held = stock.reservations.get(reserve.reservationId());
    if (held == null) {
      int available = stock.onHand - stock.reserved;
      if (available < reserve.quantity()) {
        return Result.refused(
            ErrorCode.OUT_OF_STOCK, "Too few", Map.of("available", Math.max(0, available)));
      }
      held =
          new Held(reserve.quantity(), reserve.orderId(), reserve.at().plus(reserve.defaultTtl()));
      stock.reservations.put(reserve.reservationId(), held);
      stock.reserved += held.units;
      record(
          new StockReserved(
              reserve.sku(), reserve.reservationId(), reserve.orderId(), at(held), held.expiresAt));
    }
    return held.end != null
        ? ended(held.end)
        : Result.accepted(new Reservation(reserve.reservationId(), at(held), held.expiresAt));
  }

  private Result<Reservation> confirm(ConfirmReservation confirm) {
    Stock stock = stocks.get(confirm.sku());
    Held held = stock.reservations.get(confirm.reservationId());
    if (held == null) {
      return Result.refused(ErrorCode.NOT_FOUND, "Unknown");
    }
    if (held.end == null && !held.expiresAt.isAfter(confirm.at())) {
      end(confirm.sku(), confirm.reservationId(), held, ReservationEnd.EXPIRED);
    }
    if (held.end == null) {
      held.end = ReservationEnd.CONFIRMED;
      stock.reserved -= held.units;
      stock.onHand -= held.units;
      stock.sold += held.units;
      record(
          new ReservationConfirmed(confirm.sku(), confirm.reservationId(), held.orderId, at(held)));
    }
    return held.end == ReservationEnd.CONFIRMED
        ? Result.accepted(new Reservation(confirm.reservationId(), at(held), held.expiresAt))
        : ended(held.end);
  }

  private void end(Sku sku, ReservationId id, Held held, ReservationEnd how) {
    held.end = how;
    stocks.get(sku).reserved -= held.units;
    record(
        how == ReservationEnd.EXPIRED
            ? new ReservationExpired(sku, id, held.orderId, at(held))
            : new ReservationReleased(sku, id, held.orderId, at(held), "released"));
  }

  private Result<Void> release(ReleaseReservation release) {
    Stock stock = stocks.computeIfAbsent(release.sku(), key -> new Stock());
    Held held = stock.reservations.get(release.reservationId());
    if (held == null) {
      return Result.accepted(null);
    }
    if (held.end == null) {
      end(release.sku(), release.reservationId(), held, ReservationEnd.RELEASED);
    }
    return held.end == ReservationEnd.CONFIRMED ? ended(held.end) : Result.accepted(null);
  }

  private Result<StockLevel> takeBack(ReturnUnits back) {
    Stock stock = stocks.get(back.sku());
    Held held = stock.reservations.get(back.reservationId());
    if (held.end == null) {
      return Result.refused(ErrorCode.INVALID_TRANSITION, "Release it");
    }
    if (back.returnId() != null) {
      return sentBack(stock, back);
    }
    if (held.end == ReservationEnd.CONFIRMED) {
      held.end = ReservationEnd.RETURNED;
      stock.onHand += held.units;
      stock.sold -= held.units;
      record(
          new UnitsReturned(
              back.sku(), back.reservationId(), back.orderId(), at(held), back.reason(), null));
    }
    return held.end == ReservationEnd.RETURNED ? Result.accepted(level(stock)) : ended(held.end);
  }

  private Result<StockLevel> sentBack(Stock stock, ReturnUnits back) {
    if (stock.returns.add(back.returnId())) {
      int units = back.allocations().stream().mapToInt(Allocation::quantity).sum();
      stock.onHand += units;
      stock.sold -= units;
      record(
          new UnitsReturned(
              back.sku(),
              back.reservationId(),
              back.orderId(),
              back.allocations(),
              back.reason(),
              back.returnId()));
    }
    return Result.accepted(level(stock));
  }

  private Result<Instant> expire(ExpireReservations expire) {
    Stock stock = stocks.get(expire.sku());
    if (stock == null) {
      return Result.accepted(null);
    }
    stock.reservations.forEach(
        (id, held) -> {
          if (held.end == null && !held.expiresAt.isAfter(expire.at())) {
            end(expire.sku(), id, held, ReservationEnd.EXPIRED);
          }
        });
    return Result.accepted(
        stock.reservations.values().stream()
            .filter(held -> held.end == null)
            .map(held -> held.expiresAt)
            .min(Instant::compareTo)
            .orElse(null));
  }

  // Payments

  private Result<PaymentStatus> payment(PaymentCommand<?> command) {
    PaymentId id = command.paymentId();
    Payment payment = payments.get(id);
    if (command instanceof RequestPayment request) {
      if (payment == null) {
        payment = new Payment();
        payment.orderId = request.orderId();
        payments.put(id, payment);
        payment.status = PaymentStatus.REQUESTED;
        record(
            new PaymentRequested(
                id,
                request.orderId(),
                request.customerId(),
                request.amount(),
                request.method(),
                request.token(),
                request.provider()));
      }
      return Result.accepted(payment.status);
    }
    if (command instanceof AbandonPayment abandon && payment == null) {
      payment = new Payment();
      payment.orderId = abandon.orderId();
      payments.put(id, payment);
    }
    if (payment == null) {
      return Result.refused(ErrorCode.NOT_FOUND, "Unknown");
    }
    boolean undecided =
        payment.status == PaymentStatus.REQUESTED || payment.status == PaymentStatus.PENDING;
    switch (command) {
      case RecordPending pending -> {
        if (payment.status == PaymentStatus.REQUESTED) {
          payment.status = PaymentStatus.PENDING;
          record(new PaymentPending(id, payment.orderId, pending.chargeId()));
        }
      }
      case RecordAuthorisation authorisation -> {
        if (undecided) {
          payment.status = PaymentStatus.AUTHORISED;
          payment.chargeId = authorisation.chargeId();
          record(
              new PaymentAuthorised(
                  id, payment.orderId, authorisation.chargeId(), authorisation.amount()));
        }
      }
      case RecordDecline decline -> {
        if (undecided) {
          payment.status = PaymentStatus.DECLINED;
          record(new PaymentDeclined(id, payment.orderId, decline.code()));
        }
      }
      case RequestCapture capture -> {
        switch (payment.status) {
          case AUTHORISED -> {
            payment.status = PaymentStatus.CAPTURING;
            record(new PaymentCaptureRequested(id, payment.orderId));
          }
          case CAPTURING, CAPTURED -> {}
          default -> {
            return refused(payment);
          }
        }
      }
      case RecordCapture capture -> {
        if (payment.captured == null) {
          payment.captured = capture.amount();
          record(new PaymentCaptured(id, payment.orderId, capture.chargeId(), capture.amount()));
          switch (payment.status) {
            case DECLINED, ABANDONED, VOIDED -> {
              payment.status = PaymentStatus.ABANDONED;
              record(new PaymentAbandoned(id, payment.orderId, "Captured too late"));
            }
            default -> payment.status = PaymentStatus.CAPTURED;
          }
        }
      }
      case AbandonPayment abandon -> {
        switch (payment.status) {
          case null -> abandoned(id, payment, abandon);
          case REQUESTED, PENDING, AUTHORISED, CAPTURING, CAPTURED ->
              abandoned(id, payment, abandon);
          case DECLINED, ABANDONED, VOIDED, REFUNDED -> {}
        }
      }
      case RecordVoid voided -> {
        if (kept(payment) > 0) {
          return refused(payment);
        }
        switch (payment.status) {
          case REQUESTED, PENDING, AUTHORISED, CAPTURING, CAPTURED, ABANDONED -> {
            payment.status = PaymentStatus.VOIDED;
            record(new PaymentVoided(id, payment.orderId));
          }
          case DECLINED, VOIDED, REFUNDED -> {}
        }
      }
      case RecordRefund refund -> {
        Refund known = payment.refunds.get(refund.refundId());
        if (known == null) {
          return refused(payment);
        }
        if (known.status != RefundStatus.REFUNDED) {
          known.status = RefundStatus.REFUNDED;
          refunded(id, payment, refund.chargeId(), refund.amount().amount(), refund.refundId());
        }
      }
      case RecordRefundFailure failure -> {
        Refund known = payment.refunds.get(failure.refundId());
        if (known.status == RefundStatus.REQUESTED) {
          known.status = RefundStatus.FAILED;
          record(new RefundFailed(id, payment.orderId, failure.refundId(), failure.code()));
        }
      }
      case RecordRefundTotal total -> {
        if (payment.captured == null) {
          return refused(payment);
        }
        if (total.total().equals(payment.captured)) {
          payment.refunds.forEach(
              (refundId, known) -> {
                if (known.status != RefundStatus.REFUNDED) {
                  known.status = RefundStatus.REFUNDED;
                  refunded(id, payment(id), total.chargeId(), known.amount.amount(), refundId);
                }
              });
        }
        boolean outstanding =
            payment.refunds.values().stream()
                .anyMatch(known -> known.status != RefundStatus.REFUNDED);
        if (!outstanding && total.total().amount() > payment.refunded) {
          refunded(id, payment, total.chargeId(), total.total().amount() - payment.refunded, null);
        }
      }
      case RequestRefund refund -> throw new IllegalStateException();
      case RequestPayment request -> throw new IllegalStateException();
    }
    return Result.accepted(payment.status);
  }

  private Payment payment(PaymentId id) {
    return payments.get(id);
  }

  private Result<RefundStatus> refund(RequestRefund refund) {
    Payment payment = payments.get(refund.paymentId());
    if (payment == null) {
      return Result.refused(ErrorCode.NOT_FOUND, "Unknown");
    }
    Refund known = payment.refunds.get(refund.refundId());
    if (known != null) {
      return Result.repeated(known.status);
    }
    long outstanding =
        payment.refunds.values().stream()
            .filter(one -> one.status != RefundStatus.REFUNDED)
            .mapToLong(one -> one.amount.amount())
            .sum();
    if (payment.status != PaymentStatus.CAPTURED
        || refund.amount().amount() > kept(payment) - outstanding) {
      return Result.refused(
          ErrorCode.INVALID_TRANSITION, "Not now", Map.of("status", payment.status.text()));
    }
    payment.refunds.put(refund.refundId(), new Refund(refund.amount()));
    record(
        new RefundRequested(
            refund.paymentId(),
            payment.orderId,
            refund.refundId(),
            payment.chargeId,
            refund.amount(),
            refund.reason()));
    return Result.accepted(RefundStatus.REQUESTED);
  }

  private void refunded(
      PaymentId id, Payment payment, String chargeId, long amount, RefundId refundId) {
    payment.refunded += amount;
    payment.status = kept(payment) == 0 ? PaymentStatus.REFUNDED : payment.status;
    record(
        new PaymentRefunded(
            id,
            payment.orderId,
            chargeId,
            new Money(amount, payment.captured.currency()),
            refundId));
  }

  private void abandoned(PaymentId id, Payment payment, AbandonPayment abandon) {
    payment.status = PaymentStatus.ABANDONED;
    record(new PaymentAbandoned(id, payment.orderId, abandon.reason()));
  }

  private static long kept(Payment payment) {
    return payment.captured == null ? 0 : payment.captured.amount() - payment.refunded;
  }

  private static Result<PaymentStatus> refused(Payment payment) {
    return Result.refused(
        ErrorCode.INVALID_TRANSITION, "Not now", Map.of("status", payment.status.text()));
  }

  // Shipments and carts

  private Result<ShipmentState> prepare(PrepareShipment prepare) {
    ShipmentState known = shipments.get(prepare.shipmentId());
    if (known == null) {
      known =
          new ShipmentState(
              prepare.shipmentId(),
              prepare.orderId(),
              ShipmentStatus.PREPARED,
              prepare.lines(),
              null);
      shipments.put(prepare.shipmentId(), known);
      record(
          new ShipmentPrepared(
              prepare.shipmentId(), prepare.orderId(), prepare.location(), prepare.lines()));
    }
    return Result.accepted(known);
  }

  private Result<ShipmentState> cancel(CancelShipment cancel) {
    ShipmentState known = shipments.get(cancel.shipmentId());
    if (known == null) {
      return Result.refused(ErrorCode.NOT_FOUND, "Unknown");
    }
    if (known.status() == ShipmentStatus.PREPARED) {
      known =
          new ShipmentState(
              known.shipmentId(), known.orderId(), ShipmentStatus.CANCELLED, known.lines(), null);
      shipments.put(cancel.shipmentId(), known);
      record(new ShipmentCancelled(cancel.shipmentId(), known.orderId()));
    }
    return Result.accepted(known);
  }

  private Result<Void> reopen(ReopenCart reopen) {
    if (reopen.orderId().equals(carts.get(reopen.cartId()))) {
      carts.remove(reopen.cartId());
      record(new CartReopened(reopen.cartId(), reopen.orderId()));
    }
    return Result.accepted(null);
  }
}
