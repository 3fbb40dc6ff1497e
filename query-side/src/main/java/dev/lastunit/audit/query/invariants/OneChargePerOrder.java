package dev.lastunit.audit.query.invariants;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * An order has one payment and that has one charge, authorised at most once and taken at most once.
 * There is no payment without an order. Checked: orders with a payment.
 */
final class OneChargePerOrder implements Invariant {

  private static final class Charge {
    private final PaymentId paymentId;
    private String chargeId;
    private int authorisations;
    private int captures;

    Charge(PaymentId paymentId) {
      this.paymentId = paymentId;
    }
  }

  private final Set<OrderId> placed = new HashSet<>();
  private final Map<OrderId, Charge> charges = new HashMap<>();
  private final Violations violations = new Violations();

  @Override
  public String name() {
    return "one-charge-per-order";
  }

  @Override
  public void apply(RecordedEvent event) {
    switch (event.payload()) {
      case OrderPlaced order -> placed.add(order.orderId());
      case PaymentEvent payment -> payment(event, payment);
      default -> {}
    }
  }

  private void payment(RecordedEvent event, PaymentEvent payment) {
    Charge charge = charges.get(payment.orderId());
    if (charge == null) {
      charge = new Charge(payment.paymentId());
      charges.put(payment.orderId(), charge);
      if (!placed.contains(payment.orderId())) {
        add(event, payment, "has payment " + payment.paymentId() + " and was never placed");
      }
    } else if (!charge.paymentId.equals(payment.paymentId())) {
      add(event, payment, "has payments " + charge.paymentId + " and " + payment.paymentId());
      return;
    }
    switch (payment) {
      case PaymentEvent.PaymentRequested e -> {}
      case PaymentEvent.PaymentPending e -> sameCharge(event, e, charge, e.chargeId());
      case PaymentEvent.PaymentAuthorised e -> {
        sameCharge(event, e, charge, e.chargeId());
        if (++charge.authorisations > 1) {
          add(event, e, "was authorised " + charge.authorisations + " times");
        }
      }
      case PaymentEvent.PaymentDeclined e -> {}
      case PaymentEvent.PaymentCaptureRequested e -> {}
      case PaymentEvent.PaymentCaptured e -> {
        sameCharge(event, e, charge, e.chargeId());
        if (++charge.captures > 1) {
          add(event, e, "was charged " + charge.captures + " times");
        }
      }
      case PaymentEvent.PaymentAbandoned e -> {}
      case PaymentEvent.PaymentVoided e -> {}
      case PaymentEvent.RefundRequested e -> sameCharge(event, e, charge, e.chargeId());
      case PaymentEvent.PaymentRefunded e -> sameCharge(event, e, charge, e.chargeId());
      case PaymentEvent.RefundFailed e -> {}
    }
  }

  private void sameCharge(
      RecordedEvent event, PaymentEvent payment, Charge charge, String chargeId) {
    if (charge.chargeId == null) {
      charge.chargeId = chargeId;
    } else if (!charge.chargeId.equals(chargeId)) {
      add(event, payment, "has charges " + charge.chargeId + " and " + chargeId);
    }
  }

  private void add(RecordedEvent event, PaymentEvent payment, String detail) {
    violations.add("order " + payment.orderId(), event.position(), detail);
  }

  @Override
  public Finding finish(Instant now) {
    return violations.finding(name(), charges.size());
  }
}
