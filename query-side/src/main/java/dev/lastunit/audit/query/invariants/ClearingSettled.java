package dev.lastunit.audit.query.invariants;

import dev.lastunit.ledger.api.Clearing;
import dev.lastunit.ledger.api.Postings;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the provider holds for us is taken or let go: the ledger's account {@code provider-clearing}
 * is zero for every payment that had time to settle.
 *
 * <p>Checked: events that moved money. Memory holds the payments that have something in clearing.
 */
final class ClearingSettled implements Invariant {

  private record Held(Clearing clearing, Instant since, long position) {}

  private final Grace grace;
  private final Map<OrderId, Held> open = new LinkedHashMap<>();
  private final Violations violations = new Violations();
  private long checked;

  ClearingSettled(Grace grace) {
    this.grace = grace;
  }

  @Override
  public String name() {
    return "clearing-settled";
  }

  @Override
  public void apply(RecordedEvent event) {
    if (!(event.payload() instanceof PaymentEvent payment)
        || !Postings.POSTED.contains(payment.getClass())) {
      return;
    }
    checked++;
    Held before = open.get(payment.orderId());
    Clearing after =
        Postings.of(before == null ? Clearing.NONE : before.clearing(), payment).after();
    if (after.isZero()) {
      open.remove(payment.orderId());
    } else {
      open.put(
          payment.orderId(),
          new Held(after, before == null ? event.at() : before.since(), event.position()));
    }
  }

  @Override
  public Finding finish(Instant now) {
    open.forEach(
        (order, held) -> {
          if (grace.isOver(held.since(), now)) {
            violations.add(
                "order " + order,
                held.position(),
                "the provider has held " + held.clearing().held() + " since " + held.since());
          }
        });
    return violations.finding(name(), checked);
  }
}
