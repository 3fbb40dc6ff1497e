package dev.lastunit.process.testing;

import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.shared.api.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A model of a payment provider: a ledger with idempotency keys, whose tokens decide what a charge
 * does, as the simulator's do. Time-outs are told at once, so that tests need not wait for them.
 */
public final class ModelProvider implements PaymentProvider {

  private static final class Entry {
    private final String chargeId;
    private final String reference;
    private final Money amount;
    private final Instant madeAt;
    private ChargeStatus status;
    private long captured;
    private long refunded;
    private final List<Refund> refunds = new ArrayList<>();

    private Entry(
        String chargeId, String reference, Money amount, Instant madeAt, ChargeStatus status) {
      this.chargeId = chargeId;
      this.reference = reference;
      this.amount = amount;
      this.madeAt = madeAt;
      this.status = status;
    }

    private Charge charge() {
      return new Charge(
          chargeId,
          status,
          amount,
          new Money(captured, amount.currency()),
          new Money(refunded, amount.currency()),
          status == ChargeStatus.DECLINED ? "card_declined" : null);
    }
  }

  /** What may go wrong with a refund. */
  public enum RefundFault {
    NONE,
    /** It is lost on the way in. */
    LOST,
    /** It is made and its answer is lost. */
    UNANSWERED,
    REFUSED
  }

  private final Map<String, Entry> byId = new LinkedHashMap<>();
  private final Map<String, Entry> byKey = new HashMap<>();
  private final Map<String, Integer> posts = new HashMap<>();
  private final List<RefundFault> refundFaults = new ArrayList<>();
  private Runnable beforeCall = () -> {};
  private Instant now = Instant.parse("2026-11-23T19:00:00Z");

  /** When charges are made from now on. */
  public synchronized void setTime(Instant instant) {
    now = instant;
  }

  /** Something to happen before each call. */
  public synchronized void beforeCall(Runnable hook) {
    beforeCall = hook;
  }

  /** What goes wrong with the next refunds, one after the other. */
  public synchronized void refundFaults(RefundFault... next) {
    refundFaults.addAll(List.of(next));
  }

  /** Gives money back by other hands than ours. */
  public synchronized void refundByHand(String reference, long amount) {
    Entry entry =
        byId.values().stream()
            .filter(one -> one.reference.equals(reference))
            .findFirst()
            .orElseThrow();
    makeRefund(
        "by-hand-" + entry.refunds.size(),
        entry.chargeId,
        new Money(amount, entry.amount.currency()));
  }

  /** How often a charge was asked for under a reference. */
  public synchronized int posts(String reference) {
    return posts.getOrDefault(reference, 0);
  }

  /** All charges under a reference. */
  public synchronized List<Charge> charges(String reference) {
    return byId.values().stream()
        .filter(entry -> entry.reference.equals(reference))
        .map(Entry::charge)
        .toList();
  }

  /** Makes a charge appear that was still on its way. */
  public synchronized void turnUp(String reference, Money amount, ChargeStatus status) {
    Entry entry = new Entry("ch_late_" + reference, reference, amount, now, status);
    entry.captured = status == ChargeStatus.CAPTURED ? amount.amount() : 0;
    byId.put(entry.chargeId, entry);
  }

  /** Decides a pending charge. */
  public synchronized void decide(String reference, ChargeStatus status) {
    byId.values().stream()
        .filter(entry -> entry.reference.equals(reference))
        .forEach(entry -> entry.status = status);
  }

  @Override
  public String name() {
    return "model";
  }

  @Override
  public synchronized CompletableFuture<Answer> authorise(
      String key, String reference, Money amount, String token) {
    beforeCall.run();
    int post = posts.merge(reference, 1, Integer::sum);
    Entry known = byKey.get(key);
    if (known != null) {
      return answer(new Answer.Known(known.charge()));
    }
    return switch (token) {
      case "tok_ok" -> answer(open(key, reference, amount, ChargeStatus.AUTHORISED));
      case "tok_declined" -> answer(open(key, reference, amount, ChargeStatus.DECLINED));
      case "tok_async", "tok_never" -> answer(open(key, reference, amount, ChargeStatus.PENDING));
      case "tok_timeout_charged" -> {
        open(key, reference, amount, ChargeStatus.AUTHORISED);
        yield answer(new Answer.Unknown(true, "timeout"));
      }
      case "tok_timeout_uncharged" -> answer(new Answer.Unknown(true, "timeout"));
      case "tok_flaky" ->
          post <= 2
              ? answer(new Answer.Unknown(false, "http-500"))
              : answer(open(key, reference, amount, ChargeStatus.AUTHORISED));
      case "tok_down" -> answer(new Answer.Unknown(false, "http-500"));
      default -> answer(new Answer.Refused("invalid-token"));
    };
  }

  private Answer open(String key, String reference, Money amount, ChargeStatus status) {
    Entry entry = new Entry("ch_" + reference, reference, amount, now, status);
    byId.put(entry.chargeId, entry);
    byKey.put(key, entry);
    return new Answer.Known(entry.charge());
  }

  private static CompletableFuture<Answer> answer(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public synchronized CompletableFuture<List<Charge>> find(String reference) {
    beforeCall.run();
    return CompletableFuture.completedFuture(new ArrayList<>(charges(reference)));
  }

  /** Two to a part, and the cursor is how many came before. */
  @Override
  public synchronized CompletableFuture<ChargePage> list(Instant from, Instant to, String cursor) {
    beforeCall.run();
    int before = cursor == null ? 0 : Integer.parseInt(cursor);
    List<ListedCharge> all =
        byId.values().stream()
            .filter(entry -> !entry.madeAt.isBefore(from) && entry.madeAt.isBefore(to))
            .map(entry -> new ListedCharge(entry.reference, entry.madeAt, entry.charge()))
            .toList();
    int end = Math.min(all.size(), before + 2);
    return CompletableFuture.completedFuture(
        new ChargePage(all.subList(before, end), end < all.size() ? Integer.toString(end) : null));
  }

  @Override
  public synchronized CompletableFuture<Answer> capture(String key, String chargeId, Money amount) {
    beforeCall.run();
    return move(
        key,
        chargeId,
        entry -> {
          if (entry.status != ChargeStatus.AUTHORISED) {
            return false;
          }
          entry.status = ChargeStatus.CAPTURED;
          entry.captured = amount.amount();
          return true;
        });
  }

  @Override
  public synchronized CompletableFuture<Answer> voidCharge(String key, String chargeId) {
    beforeCall.run();
    return move(
        key,
        chargeId,
        entry -> {
          if (entry.status != ChargeStatus.AUTHORISED && entry.status != ChargeStatus.PENDING) {
            return false;
          }
          entry.status = ChargeStatus.VOIDED;
          return true;
        });
  }

  @Override
  public synchronized CompletableFuture<Answer> refund(String key, String chargeId, Money amount) {
    beforeCall.run();
    RefundFault fault = refundFaults.isEmpty() ? RefundFault.NONE : refundFaults.removeFirst();
    if (fault == RefundFault.REFUSED) {
      return answer(new Answer.Refused("refused"));
    }
    if (fault == RefundFault.LOST) {
      return answer(new Answer.Unknown(true, "timeout"));
    }
    CompletableFuture<Answer> made = makeRefund(key, chargeId, amount);
    return fault == RefundFault.UNANSWERED ? answer(new Answer.Unknown(true, "timeout")) : made;
  }

  private CompletableFuture<Answer> makeRefund(String key, String chargeId, Money amount) {
    return move(
        key,
        chargeId,
        entry -> {
          if (entry.status != ChargeStatus.CAPTURED
              || entry.refunded + amount.amount() > entry.captured) {
            return false;
          }
          entry.refunded += amount.amount();
          entry.refunds.add(new Refund(key, amount));
          entry.status =
              entry.refunded == entry.captured ? ChargeStatus.REFUNDED : ChargeStatus.CAPTURED;
          return true;
        });
  }

  @Override
  public synchronized CompletableFuture<List<Refund>> refunds(String chargeId) {
    beforeCall.run();
    return CompletableFuture.completedFuture(List.copyOf(byId.get(chargeId).refunds));
  }

  private CompletableFuture<Answer> move(
      String key, String chargeId, java.util.function.Predicate<Entry> change) {
    Entry entry = byId.get(chargeId);
    if (entry == null) {
      return answer(new Answer.Refused("not-found"));
    }
    if (byKey.get(key) == entry) {
      return answer(new Answer.Known(entry.charge()));
    }
    if (!change.test(entry)) {
      return answer(new Answer.Refused("invalid-transition"));
    }
    byKey.put(key, entry);
    return answer(new Answer.Known(entry.charge()));
  }
}
