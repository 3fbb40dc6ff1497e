package dev.lastunit.inventory.command;

import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a command leads to.
 *
 * @param events what is recorded, in order; empty for a repeat and for most refusals
 * @param answer what the sender is told, computed from the state after the events
 */
record Decision<R>(List<StockEvent> events, Function<StockState, Result<R>> answer) {

  static <R> Decision<R> recorded(StockEvent event, Function<StockState, R> value) {
    return recorded(List.of(event), value);
  }

  static <R> Decision<R> recorded(List<StockEvent> events, Function<StockState, R> value) {
    return new Decision<>(events, state -> Result.accepted(value.apply(state)));
  }

  static <R> Decision<R> repeated(Function<StockState, R> value) {
    return new Decision<>(List.of(), state -> Result.repeated(value.apply(state)));
  }

  static <R> Decision<R> refused(ErrorCode code, String detail) {
    return refused(code, detail, Map.of());
  }

  static <R> Decision<R> refused(ErrorCode code, String detail, Map<String, Object> facts) {
    return new Decision<>(List.of(), state -> Result.refused(code, detail, facts));
  }
}
