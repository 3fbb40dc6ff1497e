package dev.lastunit.audit.query.invariants;

import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.OrderSteps;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentProgress;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.Sku;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The money follows the order, to the minor unit and in one currency.
 *
 * <ul>
 *   <li>An order's total is the sum of its lines. What is asked for, and what is authorised, is the
 *       total; no more is taken than that, and no more given back than was taken.
 *   <li>Once there was time to settle, an order that goes ahead is paid in full, and for one that
 *       came to nothing nothing is held and nothing kept.
 *   <li>Money that was taken without an authorisation goes back.
 *   <li>A refund that was asked for is given back once, with its amount; there is time for it as
 *       for everything else, and none is due that the provider has refused.
 *   <li>What is given back for returns is the price of their units: no more units of a line than
 *       were ordered, and once a return is completed its money is back.
 * </ul>
 *
 * Checked: orders.
 */
final class MoneyConserved implements Invariant {

  private static final class Account {
    private Money total;
    private OrderStatus status;
    private PaymentProgress payment = PaymentProgress.NONE;
    private boolean authorised;
    private Map<RefundId, Refund> refunds = Map.of();
    private List<OrderLine> lines;
    private Map<Sku, Integer> returned = Map.of();
    private Map<RefundId, Money> returns = Map.of();
    private Instant lastAt;
    private long lastPosition;
  }

  /** A refund that was asked for. */
  private static final class Refund {
    private final Money amount;
    private boolean refused;
    private boolean made;

    Refund(Money amount) {
      this.amount = amount;
    }
  }

  private final Grace grace;
  private final Map<OrderId, Account> accounts = new HashMap<>();
  private final Violations violations = new Violations();

  MoneyConserved(Grace grace) {
    this.grace = grace;
  }

  @Override
  public String name() {
    return "money-conserved";
  }

  @Override
  public void apply(RecordedEvent event) {
    switch (event.payload()) {
      case OrderEvent order -> {
        Account account = touched(event, order.orderId());
        account.status = OrderSteps.statusAfter(order);
        if (order instanceof OrderEvent.OrderPlaced placed) {
          account.total = placed.total();
          account.lines = placed.lines();
          checkTotal(event, placed);
        }
        if (order instanceof OrderEvent.ReturnAccepted accepted) {
          returned(event, account, accepted);
        }
        if (order instanceof OrderEvent.ReturnCompleted completed) {
          completed(event, account, completed);
        }
        if (account.status == OrderStatus.REJECTED || account.status == OrderStatus.CANCELLED) {
          account.lines = null;
        }
      }
      case PaymentEvent payment -> payment(event, payment);
      default -> {}
    }
  }

  private Account touched(RecordedEvent event, OrderId order) {
    Account account = accounts.computeIfAbsent(order, id -> new Account());
    account.lastAt = event.at();
    account.lastPosition = event.position();
    return account;
  }

  private void checkTotal(RecordedEvent event, OrderEvent.OrderPlaced placed) {
    try {
      Money sum = Money.zero(placed.total().currency());
      for (OrderLine line : placed.lines()) {
        sum = sum.plus(line.unitPrice().times(line.quantity()));
      }
      if (!sum.equals(placed.total())) {
        add(
            event,
            placed.orderId(),
            "the total is " + text(placed.total()) + ", the lines are " + text(sum));
      }
    } catch (ArithmeticException | IllegalArgumentException e) {
      add(event, placed.orderId(), "the lines cannot be added up: " + e.getMessage());
    }
  }

  private void returned(RecordedEvent event, Account account, OrderEvent.ReturnAccepted accepted) {
    if (account.returned.isEmpty()) {
      account.returned = new HashMap<>();
      account.returns = new HashMap<>();
    }
    account.returns.put(RefundId.of(accepted.returnId()), accepted.refund());
    Money worth = Money.zero(accepted.refund().currency());
    for (ReturnedLine line : accepted.lines()) {
      OrderLine bought = line(account, line.sku());
      int units = account.returned.merge(line.sku(), line.quantity(), Integer::sum);
      if (bought == null || units > bought.quantity()) {
        add(
            event,
            accepted.orderId(),
            units
                + " units of "
                + line.sku()
                + " came back of "
                + (bought == null ? 0 : bought.quantity()));
        continue;
      }
      Money price = bought.unitPrice().times(line.quantity());
      if (!price.equals(line.refund())) {
        add(
            event,
            accepted.orderId(),
            text(line.refund()) + " for returned units that cost " + text(price));
      }
      worth = worth.plus(price);
    }
    if (!worth.equals(accepted.refund())) {
      add(
          event,
          accepted.orderId(),
          text(accepted.refund()) + " for a return of units that cost " + text(worth));
    }
  }

  private static OrderLine line(Account account, Sku sku) {
    if (account.lines == null) {
      return null;
    }
    return account.lines.stream().filter(line -> line.sku().equals(sku)).findFirst().orElse(null);
  }

  private void completed(
      RecordedEvent event, Account account, OrderEvent.ReturnCompleted completed) {
    RefundId refundId = RefundId.of(completed.returnId());
    Money due = account.returns.get(refundId);
    Refund refund = account.refunds.get(refundId);
    if (due == null) {
      add(event, completed.orderId(), completed.returnId() + " was completed and never accepted");
    } else if (due.amount() > 0 && (refund == null || !refund.made || !refund.amount.equals(due))) {
      add(
          event,
          completed.orderId(),
          completed.returnId()
              + " was completed, but "
              + text(due)
              + " were not given back for it");
    }
  }

  private void payment(RecordedEvent event, PaymentEvent payment) {
    Account account = touched(event, payment.orderId());
    switch (payment) {
      case PaymentEvent.PaymentRequested e ->
          checkAmount(event, account, e, e.amount(), "asked for");
      case PaymentEvent.PaymentAuthorised e -> {
        checkAmount(event, account, e, e.amount(), "authorised");
        account.authorised = true;
      }
      case PaymentEvent.PaymentCaptured e -> {
        if (isMore(e.amount(), account.total)) {
          add(event, e.orderId(), text(e.amount()) + " taken for " + text(account.total));
        }
      }
      case PaymentEvent.PaymentRefunded e -> {
        if (account.total != null && !account.total.currency().equals(e.amount().currency())) {
          add(event, e.orderId(), text(e.amount()) + " given back for " + text(account.total));
        }
        if (e.refundId() != null) {
          refunded(event, account, e);
        }
      }
      case PaymentEvent.RefundRequested e -> {
        if (account.refunds.isEmpty()) {
          account.refunds = new HashMap<>();
        }
        if (account.refunds.putIfAbsent(e.refundId(), new Refund(e.amount())) != null) {
          add(event, e.orderId(), "refund " + e.refundId() + " was asked for twice");
        }
      }
      case PaymentEvent.RefundFailed e -> {
        Refund refund = account.refunds.get(e.refundId());
        if (refund != null) {
          refund.refused = true;
        }
      }
      case PaymentEvent.PaymentPending e -> {}
      case PaymentEvent.PaymentDeclined e -> {}
      case PaymentEvent.PaymentCaptureRequested e -> {}
      case PaymentEvent.PaymentAbandoned e -> {}
      case PaymentEvent.PaymentVoided e -> {}
    }
    account.payment = account.payment.after(payment);
    if (account.payment.refunded() > account.payment.captured()) {
      add(
          event,
          payment.orderId(),
          account.payment.refunded() + " given back of " + account.payment.captured() + " taken");
    }
  }

  private void refunded(RecordedEvent event, Account account, PaymentEvent.PaymentRefunded given) {
    Refund refund = account.refunds.get(given.refundId());
    if (refund == null) {
      add(event, given.orderId(), "refund " + given.refundId() + " was never asked for");
    } else if (refund.made) {
      add(event, given.orderId(), "refund " + given.refundId() + " was given back twice");
    } else {
      refund.made = true;
      if (!refund.amount.equals(given.amount())) {
        add(
            event,
            given.orderId(),
            text(given.amount())
                + " given back by refund "
                + given.refundId()
                + " of "
                + text(refund.amount));
      }
    }
  }

  private void checkAmount(
      RecordedEvent event, Account account, PaymentEvent payment, Money amount, String what) {
    if (account.total != null && !account.total.equals(amount)) {
      add(
          event,
          payment.orderId(),
          text(amount) + " " + what + " for an order of " + text(account.total));
    }
  }

  private static boolean isMore(Money amount, Money total) {
    return total != null
        && (!amount.currency().equals(total.currency()) || amount.amount() > total.amount());
  }

  private void add(RecordedEvent event, OrderId order, String detail) {
    violations.add("order " + order, event.position(), detail);
  }

  private static String text(Money money) {
    return money == null ? "nothing" : money.amount() + " " + money.currency();
  }

  @Override
  public Finding finish(Instant now) {
    accounts.forEach(
        (order, account) -> {
          if (grace.isOver(account.lastAt, now)) {
            String wrong = settledWrongly(account);
            if (wrong != null) {
              violations.add("order " + order, account.lastPosition, wrong);
            }
          }
        });
    return violations.finding(name(), accounts.size());
  }

  /** What is wrong with the money of an order that had time to settle; null when nothing is. */
  private static String settledWrongly(Account account) {
    if (account.total == null) {
      return "money moved for an order that was never placed";
    }
    for (var refund : account.refunds.entrySet()) {
      if (!refund.getValue().made && !refund.getValue().refused) {
        return "refund " + refund.getKey() + " was asked for and neither given back nor refused";
      }
    }
    PaymentProgress payment = account.payment;
    long kept = payment.captured() - payment.refunded();
    return switch (account.status) {
      case PLACED, RESERVED ->
          payment.captured() > 0 && !account.authorised && kept > 0
              ? kept + " taken without an authorisation and not given back"
              : null;
      case CONFIRMED, SHIPPED, DELIVERED ->
          payment.captured() == account.total.amount()
              ? null
              : "is "
                  + account.status.text()
                  + ", but "
                  + payment.captured()
                  + " of "
                  + text(account.total)
                  + " were taken";
      case REJECTED, CANCELLED -> {
        if (kept != 0) {
          yield "is " + account.status.text() + ", but " + kept + " were kept";
        }
        yield payment.holdsNothing()
            ? null
            : "is " + account.status.text() + ", but its payment is " + payment.status().text();
      }
    };
  }
}
