package dev.lastunit.process.reconciliation;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.process.testing.ModelShop;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The books that a model's events make; all payments were opened at one instant. */
final class ModelBooks implements Books {

  private final ModelShop shop;
  private final Instant openedAt;
  private Instant changedAt;

  ModelBooks(ModelShop shop, Instant openedAt) {
    this.shop = shop;
    this.openedAt = openedAt;
    this.changedAt = openedAt;
  }

  /** When all payments were changed last. */
  void changedAt(Instant instant) {
    changedAt = instant;
  }

  private List<PaymentRecord> all() {
    Map<PaymentId, PaymentProgress> progress = new LinkedHashMap<>();
    Map<PaymentId, Money> amounts = new LinkedHashMap<>();
    Map<PaymentId, String> charges = new LinkedHashMap<>();
    Map<PaymentId, OrderId> orders = new LinkedHashMap<>();
    for (PaymentEvent event : shop.events(PaymentEvent.class)) {
      PaymentId id = event.paymentId();
      progress.put(id, progress.getOrDefault(id, PaymentProgress.NONE).after(event));
      orders.put(id, event.orderId());
      switch (event) {
        case PaymentRequested requested -> amounts.put(id, requested.amount());
        case PaymentPending pending -> charges.put(id, pending.chargeId());
        case PaymentAuthorised authorised -> charges.put(id, authorised.chargeId());
        case PaymentCaptured captured -> charges.put(id, captured.chargeId());
        default -> {}
      }
    }
    return progress.entrySet().stream()
        .map(
            entry -> {
              Money amount = amounts.get(entry.getKey());
              return new PaymentRecord(
                  entry.getKey(),
                  orders.get(entry.getKey()),
                  entry.getValue().status(),
                  amount,
                  amount == null ? null : new Money(entry.getValue().captured(), amount.currency()),
                  amount == null ? null : new Money(entry.getValue().refunded(), amount.currency()),
                  charges.get(entry.getKey()),
                  openedAt,
                  changedAt);
            })
        .toList();
  }

  @Override
  public CompletableFuture<List<PaymentRecord>> payments(List<PaymentId> payments) {
    return CompletableFuture.completedFuture(
        all().stream().filter(payment -> payments.contains(payment.paymentId())).toList());
  }

  @Override
  public CompletableFuture<List<PaymentRecord>> opened(
      Instant from, Instant to, PaymentRecord after, int limit) {
    boolean within = !openedAt.isBefore(from) && openedAt.isBefore(to) && after == null;
    return CompletableFuture.completedFuture(within ? all() : List.of());
  }

  @Override
  public CompletableFuture<Boolean> orderExists(OrderId order) {
    return CompletableFuture.completedFuture(shop.status(order) != null);
  }
}
