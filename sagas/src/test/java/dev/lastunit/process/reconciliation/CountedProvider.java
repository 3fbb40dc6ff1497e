package dev.lastunit.process.reconciliation;

import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.shared.api.Money;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what another provider is asked for, and may let the process die after a refund. */
final class CountedProvider implements PaymentProvider {

  private final PaymentProvider provider;
  private final AtomicInteger lists;
  private final AtomicInteger voids;
  private boolean dying;

  CountedProvider(PaymentProvider provider, AtomicInteger lists, AtomicInteger voids) {
    this.provider = provider;
    this.lists = lists;
    this.voids = voids;
  }

  CountedProvider dyingAfterRefund() {
    dying = true;
    return this;
  }

  @Override
  public String name() {
    return provider.name();
  }

  @Override
  public CompletableFuture<Answer> authorise(
      String key, String reference, Money amount, String token) {
    return provider.authorise(key, reference, amount, token);
  }

  @Override
  public CompletableFuture<List<Charge>> find(String reference) {
    return provider.find(reference);
  }

  @Override
  public CompletableFuture<ChargePage> list(Instant from, Instant to, String cursor) {
    if (cursor == null) {
      lists.incrementAndGet();
    }
    return provider.list(from, to, cursor);
  }

  @Override
  public CompletableFuture<Answer> capture(String key, String chargeId, Money amount) {
    return provider.capture(key, chargeId, amount);
  }

  @Override
  public CompletableFuture<Answer> voidCharge(String key, String chargeId) {
    voids.incrementAndGet();
    return provider.voidCharge(key, chargeId);
  }

  @Override
  public CompletableFuture<List<Refund>> refunds(String chargeId) {
    return provider.refunds(chargeId);
  }

  @Override
  public CompletableFuture<Answer> refund(String key, String chargeId, Money amount) {
    CompletableFuture<Answer> answer = provider.refund(key, chargeId, amount);
    if (dying) {
      throw new Killed();
    }
    return answer;
  }
}
