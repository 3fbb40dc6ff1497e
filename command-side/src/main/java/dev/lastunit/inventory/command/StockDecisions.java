package dev.lastunit.inventory.command;

import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.ReservationEnd;
import dev.lastunit.inventory.api.StockCommand.AdjustStock;
import dev.lastunit.inventory.api.StockCommand.ConfirmReservation;
import dev.lastunit.inventory.api.StockCommand.ExpireReservations;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.inventory.api.StockCommand.ReleaseReservation;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockCommand.ReturnUnits;
import dev.lastunit.inventory.api.StockCommand.SetStockPolicy;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rules of stock as pure functions from a state and a command to what is recorded and answered.
 *
 * <p>Each begins with the repeat, then come the refusals, then the success.
 *
 * <p><b>Bounds.</b> Units on hand, and units reserved and sold together, never exceed {@link
 * Integer#MAX_VALUE}: what would is refused with AMOUNT_TOO_LARGE. Since the second bound is held
 * when units are reserved, no confirmation can meet it.
 *
 * <p><b>Overdue reservations.</b> A reservation whose time has passed counts as reserved until it
 * has expired, so that the count is exact. Whoever asks for it by name after its time (a late
 * confirmation, a late repeat of the reservation) makes it expire at once and is refused: the
 * answer is then final, whatever the clocks of other nodes say.
 */
final class StockDecisions {

  private StockDecisions() {}

  static Decision<StockLevel> receive(StockState state, ReceiveStock command) {
    int fingerprint =
        StockState.fingerprint(
            StockState.Kind.RECEIPT, command.location(), command.quantity(), command.reference());
    Decision<StockLevel> repeat = repeat(state, command.commandId(), fingerprint);
    if (repeat != null) {
      return repeat;
    }
    if (command.quantity() < 1) {
      return Decision.refused(ErrorCode.INVALID_FIELD, "quantity must be 1 or more");
    }
    if (exceeds(state.onHand(), command.quantity())) {
      return tooLarge();
    }
    return Decision.recorded(
        new StockReceived(
            command.sku(),
            command.commandId(),
            command.location(),
            command.quantity(),
            command.reference()),
        StockState::level);
  }

  static Decision<StockLevel> open(StockState state, RecordOpeningStock command) {
    if (state.opened(command.location())) {
      return Decision.repeated(StockState::level);
    }
    if (command.quantity() < 0) {
      return Decision.refused(ErrorCode.INVALID_FIELD, "quantity must be 0 or more");
    }
    if (exceeds(state.onHand(), command.quantity())) {
      return tooLarge();
    }
    return Decision.recorded(
        new OpeningStockRecorded(command.sku(), command.location(), command.quantity()),
        StockState::level);
  }

  static Decision<StockLevel> adjust(StockState state, AdjustStock command) {
    int fingerprint =
        StockState.fingerprint(
            StockState.Kind.ADJUSTMENT, command.location(), command.delta(), command.reason());
    Decision<StockLevel> repeat = repeat(state, command.commandId(), fingerprint);
    if (repeat != null) {
      return repeat;
    }
    if (command.delta() == 0) {
      return Decision.refused(ErrorCode.INVALID_FIELD, "delta must not be 0");
    }
    if (exceeds(state.onHand(), command.delta())) {
      return tooLarge();
    }
    if (state.free(command.location()) + command.delta() < 0) {
      return Decision.refused(
          ErrorCode.INSUFFICIENT_STOCK,
          "Only units at this location that are not reserved can be taken away",
          Map.of(
              "onHand", state.onHand(command.location()),
              "reserved", state.reserved(command.location())));
    }
    return Decision.recorded(
        new StockAdjusted(
            command.sku(),
            command.commandId(),
            command.location(),
            command.delta(),
            command.reason()),
        StockState::level);
  }

  static Decision<StockLevel> setPolicy(StockState state, SetStockPolicy command) {
    StockPolicy policy = command.policy();
    if (policy.equals(state.policy())) {
      return Decision.repeated(StockState::level);
    }
    var faults = PolicyRules.faults(policy);
    if (!faults.isEmpty()) {
      var first = faults.getFirst();
      return Decision.refused(ErrorCode.INVALID_FIELD, first.field() + " " + first.message());
    }
    return Decision.recorded(new StockPolicySet(command.sku(), policy), StockState::level);
  }

  static Decision<Reservation> reserve(StockState state, ReserveStock command) {
    ReservationId id = command.reservationId();
    StockState.Open open = state.open(id);
    if (open != null) {
      if (overdue(open, command.at())) {
        return expiredOnTheSpot(command.sku(), id, open);
      }
      if (open.units() != command.quantity() || !open.orderId().equals(command.orderId())) {
        return Decision.refused(
            ErrorCode.INVALID_TRANSITION,
            "The reservation is open for another order or another number of units");
      }
      return Decision.repeated(same -> new Reservation(id, open.allocations(), open.expiresAt()));
    }
    StockState.Ended ended = state.ended(id);
    if (ended != null) {
      return hasEnded(ended.end());
    }
    if (command.quantity() < 1) {
      return Decision.refused(ErrorCode.INVALID_FIELD, "quantity must be 1 or more");
    }
    Supply supply = Supply.of(state, command.sourcing().closed());
    if (supply.available() < command.quantity()) {
      return Decision.refused(
          ErrorCode.OUT_OF_STOCK,
          "There are not enough units",
          Map.of("available", (int) Math.min(Integer.MAX_VALUE, supply.available())));
    }
    if (exceeds(state.sold() + state.reserved(), command.quantity())) {
      return tooLarge();
    }
    SourcingPlan plan = new SourcingPlan(state.policy().sourcing(), command.sourcing());
    if (plan.isMissing(supply.sources())) {
      return Decision.refused(
          ErrorCode.PLAN_MISSING,
          "Several locations could give the units",
          Map.of("sources", supply.sources()));
    }
    Duration ttl =
        state.policy().reservationTtl() == null
            ? command.defaultTtl()
            : state.policy().reservationTtl();
    // Whole milliseconds: what clients are told, and what a snapshot keeps.
    Instant expiresAt = command.at().plus(ttl).truncatedTo(ChronoUnit.MILLIS);
    List<Allocation> allocations = plan.allocate(supply.sources(), command.quantity());
    return Decision.recorded(
        new StockReserved(command.sku(), id, command.orderId(), allocations, expiresAt),
        after -> new Reservation(id, allocations, expiresAt));
  }

  static Decision<Reservation> confirm(StockState state, ConfirmReservation command) {
    ReservationId id = command.reservationId();
    StockState.Ended ended = state.ended(id);
    if (ended != null) {
      return ended.end() == ReservationEnd.CONFIRMED
          ? Decision.repeated(same -> ended.reservation())
          : hasEnded(ended.end());
    }
    StockState.Open open = state.open(id);
    if (open == null) {
      return Decision.refused(ErrorCode.NOT_FOUND, "There is no such reservation");
    }
    if (overdue(open, command.at())) {
      return expiredOnTheSpot(command.sku(), id, open);
    }
    return Decision.recorded(
        new ReservationConfirmed(command.sku(), id, open.orderId(), open.allocations()),
        after -> new Reservation(id, open.allocations(), open.expiresAt()));
  }

  static Decision<Void> release(StockState state, ReleaseReservation command) {
    ReservationId id = command.reservationId();
    StockState.Open open = state.open(id);
    if (open != null) {
      return Decision.recorded(
          new ReservationReleased(
              command.sku(), id, open.orderId(), open.allocations(), command.reason()),
          after -> null);
    }
    StockState.Ended ended = state.ended(id);
    if (ended != null && ended.end() == ReservationEnd.CONFIRMED) {
      return hasEnded(ReservationEnd.CONFIRMED);
    }
    return Decision.repeated(same -> null);
  }

  static Decision<StockLevel> takeBack(StockState state, ReturnUnits command) {
    ReservationId id = command.reservationId();
    if (command.returnId() != null && state.returned(command.returnId()) != null) {
      return Decision.repeated(StockState::level);
    }
    StockState.Ended ended = state.ended(id);
    if (ended != null && ended.end() == ReservationEnd.RETURNED && command.returnId() == null) {
      return Decision.repeated(StockState::level);
    }
    if (ended != null && ended.end() != ReservationEnd.CONFIRMED) {
      return hasEnded(ended.end());
    }
    if (state.open(id) != null) {
      return Decision.refused(
          ErrorCode.INVALID_TRANSITION, "The reservation has not been confirmed: release it");
    }
    if (command.allocations().isEmpty()
        || command.allocations().stream().anyMatch(a -> a.quantity() < 1)) {
      return Decision.refused(
          ErrorCode.INVALID_FIELD, "allocations must name units, at least 1 at each location");
    }
    long units = StockState.units(command.allocations());
    if (command.returnId() == null) {
      if (ended != null
          && (!command.allocations().equals(ended.reservation().allocations())
              || state.returnedUnits(id) > 0)) {
        return Decision.refused(
            ErrorCode.INVALID_FIELD, "allocations must be those of the confirmed reservation");
      }
    } else if (ended != null
        && state.returnedUnits(id) + units > StockState.units(ended.reservation().allocations())) {
      return Decision.refused(
          ErrorCode.INVALID_FIELD, "So many units of the reservation are not out");
    }
    if (units > state.sold()) {
      return Decision.refused(ErrorCode.NOT_FOUND, "So many units were never sold");
    }
    if (exceeds(state.onHand(), units)) {
      return tooLarge();
    }
    return Decision.recorded(
        new UnitsReturned(
            command.sku(),
            id,
            command.orderId(),
            command.allocations(),
            command.reason(),
            command.returnId()),
        StockState::level);
  }

  static Decision<Instant> expire(StockState state, ExpireReservations command) {
    List<ReservationId> due = state.due(command.at());
    if (due.isEmpty()) {
      return Decision.repeated(StockState::nextExpiry);
    }
    var events = new ArrayList<StockEvent>(due.size());
    for (ReservationId id : due) {
      events.add(expired(command.sku(), id, state.open(id)));
    }
    return Decision.recorded(events, StockState::nextExpiry);
  }

  private static boolean overdue(StockState.Open open, Instant at) {
    return !open.expiresAt().isAfter(at);
  }

  private static Decision<Reservation> expiredOnTheSpot(
      Sku sku, ReservationId id, StockState.Open open) {
    return new Decision<>(
        List.of(expired(sku, id, open)),
        after ->
            Result.refused(
                ErrorCode.RESERVATION_ENDED,
                endText(ReservationEnd.EXPIRED),
                Map.of("end", ReservationEnd.EXPIRED.name())));
  }

  private static StockEvent expired(Sku sku, ReservationId id, StockState.Open open) {
    OrderId orderId = open.orderId();
    return new ReservationExpired(sku, id, orderId, open.allocations());
  }

  private static <R> Decision<R> hasEnded(ReservationEnd end) {
    return Decision.refused(ErrorCode.RESERVATION_ENDED, endText(end), Map.of("end", end.name()));
  }

  private static String endText(ReservationEnd end) {
    return switch (end) {
      case CONFIRMED -> "The reservation was confirmed";
      case RELEASED -> "The reservation was released";
      case EXPIRED -> "The reservation expired";
      case RETURNED -> "The reservation's units were returned";
    };
  }

  private static Decision<StockLevel> repeat(
      StockState state, CommandId commandId, int fingerprint) {
    Integer known = state.fingerprint(commandId);
    if (known == null) {
      return null;
    }
    return known == fingerprint
        ? Decision.repeated(StockState::level)
        : Decision.refused(
            ErrorCode.IDEMPOTENCY_KEY_REUSED, "The key was used for another receipt or adjustment");
  }

  private static boolean exceeds(long total, long more) {
    return total + more > Integer.MAX_VALUE;
  }

  private static <R> Decision<R> tooLarge() {
    return Decision.refused(
        ErrorCode.AMOUNT_TOO_LARGE, "A total would exceed " + Integer.MAX_VALUE + " units");
  }
}
