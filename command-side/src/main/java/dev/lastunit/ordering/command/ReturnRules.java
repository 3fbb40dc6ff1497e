package dev.lastunit.ordering.command;

import dev.lastunit.ordering.api.OrderCommand.CompleteReturn;
import dev.lastunit.ordering.api.OrderCommand.RequestReturn;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.ReservedLine;
import dev.lastunit.ordering.api.ReturnItem;
import dev.lastunit.ordering.api.ReturnStatus;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rules of returns. Pure functions.
 *
 * <p><b>Bound.</b> Over all returns of an order no more units of a line come back than were
 * delivered, which are those that were ordered: an order is delivered when everything has arrived.
 *
 * <p><b>Money.</b> A unit is worth its price when it was ordered. A line costs exactly its units'
 * price, so that returns in any parts add up to the line, and all of them to the order's total.
 *
 * <p><b>Places.</b> Units go back to where they came from, in the order of the reservation's
 * places: those that came back before are taken off first, wherever they went.
 */
final class ReturnRules {

  private ReturnRules() {}

  /**
   * What a command leads to.
   *
   * @param events at most one; empty for repeats and refusals
   */
  record Decision(Result<OrderReturn> result, List<OrderEvent> events) {}

  static Decision request(OrderFacts order, RequestReturn command) {
    if (command.customerId() != null && !command.customerId().equals(order.customerId())) {
      return refused(ErrorCode.NOT_FOUND, "There is no such order", Map.of());
    }
    var known = order.returnOf(command.returnId());
    if (known != null) {
      return isSame(known, command)
          ? new Decision(Result.repeated(known), List.of())
          : refused(
              ErrorCode.IDEMPOTENCY_KEY_REUSED,
              "The Idempotency-Key belongs to another request; use a new one for a new return",
              Map.of());
    }
    if (order.status() != OrderStatus.DELIVERED) {
      return refused(
          ErrorCode.NOT_RETURNABLE,
          "The order is " + order.status().text() + ", and units come back once it is delivered",
          Map.of("status", order.status().text()));
    }
    var lines = new ArrayList<ReturnedLine>(command.items().size());
    Money refund = null;
    for (var item : command.items()) {
      var bought = line(order, item.sku());
      int before = returned(order, item.sku());
      int left = bought == null ? 0 : bought.quantity() - before;
      if (item.quantity() < 1 || item.quantity() > left) {
        return refused(
            ErrorCode.NOT_RETURNABLE,
            left + " units of " + item.sku() + " can be returned, not " + item.quantity(),
            Map.of("sku", item.sku().value(), "left", left));
      }
      var worth = bought.unitPrice().times(item.quantity());
      refund = refund == null ? worth : refund.plus(worth);
      lines.add(
          new ReturnedLine(
              item.sku(),
              item.quantity(),
              worth,
              command.restock() ? places(order, item, before, command.location()) : List.of()));
    }
    if (lines.isEmpty()) {
      return refused(ErrorCode.NOT_RETURNABLE, "A return has at least one item", Map.of());
    }
    var accepted =
        new ReturnAccepted(
            order.orderId(),
            command.returnId(),
            List.copyOf(lines),
            refund,
            command.restock(),
            command.location());
    return new Decision(Result.accepted(of(accepted)), List.of(accepted));
  }

  static Decision complete(OrderFacts order, CompleteReturn command) {
    var known = order.returnOf(command.returnId());
    if (known == null) {
      return refused(ErrorCode.NOT_FOUND, "There is no such return", Map.of());
    }
    if (known.status() == ReturnStatus.COMPLETED) {
      return new Decision(Result.repeated(known), List.of());
    }
    var completed = new ReturnCompleted(order.orderId(), command.returnId());
    return new Decision(
        Result.accepted(order.completed(command.returnId()).returnOf(command.returnId())),
        List.of(completed));
  }

  /** The return that an event tells of. */
  static OrderReturn of(ReturnAccepted event) {
    return new OrderReturn(
        event.returnId(),
        event.orderId(),
        ReturnStatus.ACCEPTED,
        event.lines(),
        event.refund(),
        event.restock(),
        event.location());
  }

  private static boolean isSame(OrderReturn known, RequestReturn command) {
    var items =
        known.lines().stream().map(line -> new ReturnItem(line.sku(), line.quantity())).toList();
    return items.equals(command.items())
        && known.restock() == command.restock()
        && (known.location() == null
            ? command.location() == null
            : known.location().equals(command.location()));
  }

  private static OrderLine line(OrderFacts order, Sku sku) {
    for (var line : order.lines()) {
      if (line.sku().equals(sku)) {
        return line;
      }
    }
    return null;
  }

  private static int returned(OrderFacts order, Sku sku) {
    int units = 0;
    for (var one : order.returns()) {
      for (var line : one.lines()) {
        units += line.sku().equals(sku) ? line.quantity() : 0;
      }
    }
    return units;
  }

  private static List<Allocation> places(
      OrderFacts order, ReturnItem item, int before, LocationId chosen) {
    if (chosen != null) {
      return List.of(new Allocation(chosen, item.quantity()));
    }
    var places = new ArrayList<Allocation>();
    int skip = before;
    int missing = item.quantity();
    for (var allocation : allocations(order, item.sku())) {
      int free = allocation.quantity() - Math.min(skip, allocation.quantity());
      skip -= Math.min(skip, allocation.quantity());
      int taken = Math.min(free, missing);
      if (taken > 0) {
        places.add(new Allocation(allocation.location(), taken));
        missing -= taken;
      }
    }
    return List.copyOf(places);
  }

  private static List<Allocation> allocations(OrderFacts order, Sku sku) {
    return order.reserved().stream()
        .filter(line -> line.sku().equals(sku))
        .findFirst()
        .map(ReservedLine::allocations)
        .orElse(List.of());
  }

  private static Decision refused(ErrorCode code, String detail, Map<String, Object> facts) {
    return new Decision(Result.refused(code, detail, facts), List.of());
  }
}
