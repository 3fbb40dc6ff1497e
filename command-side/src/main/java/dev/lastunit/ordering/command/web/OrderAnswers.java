package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderCommand.PlaceOrder;
import dev.lastunit.ordering.api.OrderQuery.FindOrder;
import dev.lastunit.ordering.api.OrderQuery.OrderLineView;
import dev.lastunit.ordering.api.OrderQuery.OrderView;
import dev.lastunit.ordering.api.OrderState;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.command.web.CallerCommands;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.axonframework.queryhandling.QueryGateway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import reactor.core.publisher.Mono;

/**
 * Answers with an order. What is in the event store has happened: a read model that is late or away
 * makes the answer poorer, and never turns it into an error.
 *
 * <p>Threads: never blocks.
 */
final class OrderAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(OrderAnswers.class);

  /** For the read model's answer, which itself waits up to 2 s to get far enough. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final QueryGateway queries;

  OrderAnswers(QueryGateway queries) {
    this.queries = queries;
  }

  /**
   * Answers a request to buy.
   *
   * @param headers of the response; those that every answer carries are put there at once, since a
   *     problem has none of its own
   * @return fails with a {@link Problem} when the order was rejected
   */
  Mono<ResponseEntity<OrderView>> placed(Placed placed, Outcome outcome, HttpHeaders headers) {
    headers.set(CallerCommands.EVENT_POSITION, Long.toString(outcome.position()));
    if (placed.replayed()) {
      headers.set(CallerCommands.REPLAYED, "true");
    }
    var orderId = placed.state().orderId();
    if (outcome.speaksForItself()) {
      return Mono.error(rejection(orderId, outcome));
    }
    return find(orderId, outcome.position())
        .map(view -> entity(outcome.with(view), view))
        .switchIfEmpty(Mono.fromCallable(() -> late(placed, outcome)));
  }

  /** The order after a cancellation, as good as it is known. */
  Mono<OrderView> order(OrderState state, long position) {
    return find(state.orderId(), position)
        .switchIfEmpty(Mono.fromCallable(() -> poor(state, state.status(), null)));
  }

  private static ResponseEntity<OrderView> entity(Outcome outcome, OrderView view) {
    return switch (outcome.status()) {
      case CONFIRMED, SHIPPED, DELIVERED ->
          ResponseEntity.created(location(view.orderId())).body(view);
      case CANCELLED -> ResponseEntity.ok().location(location(view.orderId())).body(view);
      case PLACED, RESERVED ->
          ResponseEntity.accepted().location(location(view.orderId())).body(view);
      case REJECTED -> throw rejection(view.orderId(), outcome);
    };
  }

  private static ResponseEntity<OrderView> late(Placed placed, Outcome outcome) {
    var orderId = placed.state().orderId();
    if (outcome.status() == OrderStatus.REJECTED) {
      throw rejection(orderId, outcome);
    }
    return ResponseEntity.accepted()
        .location(location(orderId))
        .body(poor(placed.state(), outcome.status(), placed.order()));
  }

  private static URI location(OrderId orderId) {
    return URI.create("/v1/orders/" + orderId.value());
  }

  private static Problem rejection(OrderId orderId, Outcome outcome) {
    Map<String, Object> facts = new HashMap<>();
    facts.put("orderId", orderId.value());
    return switch (outcome.reason()) {
      case OUT_OF_STOCK -> {
        if (outcome.shortages() != null) {
          facts.put("shortages", outcome.shortages());
        }
        yield new Problem(
            ErrorCode.OUT_OF_STOCK,
            "There is not enough stock for all lines; nothing stays reserved and nothing is"
                + " charged",
            List.of(),
            facts);
      }
      case PAYMENT_DECLINED ->
          new Problem(
              ErrorCode.PAYMENT_DECLINED,
              "The payment was declined; nothing stays reserved and nothing is charged",
              List.of(),
              facts);
      case RESERVATION_EXPIRED ->
          new Problem(
              ErrorCode.RESERVATION_EXPIRED,
              "The payment did not come in time; nothing stays reserved and nothing is charged",
              List.of(),
              facts);
    };
  }

  /** Empty when the read model is late, away, or does not know the order. */
  private Mono<OrderView> find(OrderId orderId, long minPosition) {
    return Mono.fromFuture(
            () -> queries.query(new FindOrder(orderId, minPosition), OrderView.class), true)
        .timeout(PATIENCE)
        .onErrorResume(
            failure -> {
              LOG.warn("Answering without the read model for {}", orderId, failure);
              return Mono.empty();
            });
  }

  /**
   * What is known of an order without its read model.
   *
   * @param order null when it was placed by an earlier request, whose lines are not at hand
   */
  private static OrderView poor(OrderState state, OrderStatus status, PlaceOrder order) {
    return new OrderView(
        state.orderId(),
        state.customerId(),
        status,
        state.reason(),
        order == null ? List.of() : order.lines().stream().map(OrderLineView::of).toList(),
        order == null ? null : order.total(),
        null,
        null,
        null,
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
