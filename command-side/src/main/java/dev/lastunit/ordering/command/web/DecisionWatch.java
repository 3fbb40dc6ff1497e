package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderEvent.OrderCancelled;
import dev.lastunit.ordering.api.OrderEvent.OrderConfirmed;
import dev.lastunit.ordering.api.OrderEvent.OrderDelivered;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.ordering.api.OrderEvent.OrderRejected;
import dev.lastunit.ordering.api.OrderEvent.OrderReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderShipped;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderEvent.ReturnCompleted;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Sees what becomes of one order. Opened before the order is placed, so that no decision is missed;
 * always closed.
 *
 * <p>Threads: events come on the thread of the store's tail, which is left at once.
 */
final class DecisionWatch {

  private final CompletableFuture<Outcome> decided = new CompletableFuture<>();
  private final LiveEvents.Watch watch;

  DecisionWatch(LiveEvents live, OrderId orderId) {
    this.watch = live.watch(List.of(orderId.stream()), this::see);
  }

  private void see(RecordedEvent event) {
    if (event.payload() instanceof OrderEvent order && decides(order)) {
      decided.complete(Outcome.of(order, event.position()));
    }
  }

  private static boolean decides(OrderEvent event) {
    return switch (event) {
      case OrderConfirmed _, OrderRejected _, OrderCancelled _ -> true;
      case OrderPlaced _,
          OrderReserved _,
          OrderShipped _,
          OrderDelivered _,
          ReturnAccepted _,
          ReturnCompleted _ ->
          false;
    };
  }

  /** Whoever waits waits no more. */
  void giveUp() {
    decided.complete(null);
  }

  /** The first decision; completes only when there is one, or empty when it is given up. */
  Mono<Outcome> outcome() {
    return Mono.fromFuture(decided, true).publishOn(Schedulers.parallel());
  }

  void close() {
    watch.close();
  }
}
