package dev.lastunit.ledger.api;

import static dev.lastunit.ledger.api.Account.CUSTOMER_RECEIVABLE;
import static dev.lastunit.ledger.api.Account.PROVIDER_BALANCE;
import static dev.lastunit.ledger.api.Account.PROVIDER_CLEARING;
import static dev.lastunit.ledger.api.Account.REFUNDS;
import static dev.lastunit.ledger.api.Account.REVENUE;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.shared.api.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What an event of a payment posts, as {@code docs/ledger.md} says: a pure function of what is held
 * for the payment and the event. Made of transfers, and therefore balanced whatever the history.
 *
 * <p>Never refuses: what was recorded has happened. Amounts that do not fit throw {@link
 * ArithmeticException}.
 *
 * @param transfers in the order in which they are posted; empty for an event that moves no money
 * @param after what is held from now on
 */
public record Postings(List<Transfer> transfers, Clearing after) {

  /** The events that can post something; no other moves money. */
  public static final Set<Class<? extends PaymentEvent>> POSTED =
      Set.of(
          PaymentAuthorised.class,
          PaymentCaptured.class,
          PaymentDeclined.class,
          PaymentVoided.class,
          PaymentRefunded.class);

  /** Copies the transfers. */
  public Postings {
    transfers = List.copyOf(transfers);
  }

  /**
   * The postings of an event.
   *
   * @param before what is held for the event's payment
   */
  public static Postings of(Clearing before, PaymentEvent event) {
    return switch (event) {
      case PaymentAuthorised authorised -> authorised(before, authorised.amount());
      case PaymentCaptured captured -> captured(before, captured.amount());
      case PaymentDeclined declined -> letGo(before);
      case PaymentVoided voided -> letGo(before);
      case PaymentRefunded refunded -> refunded(before, refunded.amount());
      case PaymentEvent.PaymentRequested e -> new Postings(List.of(), before);
      case PaymentEvent.PaymentPending e -> new Postings(List.of(), before);
      case PaymentEvent.PaymentCaptureRequested e -> new Postings(List.of(), before);
      case PaymentEvent.PaymentAbandoned e -> new Postings(List.of(), before);
      case PaymentEvent.RefundRequested e -> new Postings(List.of(), before);
      case PaymentEvent.RefundFailed e -> new Postings(List.of(), before);
    };
  }

  private static Postings authorised(Clearing before, Money amount) {
    List<Transfer> transfers = new ArrayList<>(1);
    add(transfers, PROVIDER_CLEARING, CUSTOMER_RECEIVABLE, amount.amount(), amount.currency());
    return new Postings(
        transfers,
        before.with(
            amount.currency(), Math.addExact(before.in(amount.currency()), amount.amount())));
  }

  /**
   * Taking a part gives up the rest, and taking what was never held is as if it had been held: in
   * either case nothing stays in clearing.
   */
  private static Postings captured(Clearing before, Money amount) {
    String currency = amount.currency();
    long more = Math.subtractExact(amount.amount(), before.in(currency));
    List<Transfer> transfers = new ArrayList<>(3);
    add(transfers, PROVIDER_CLEARING, CUSTOMER_RECEIVABLE, more, currency);
    add(transfers, PROVIDER_BALANCE, PROVIDER_CLEARING, amount.amount(), currency);
    add(transfers, CUSTOMER_RECEIVABLE, REVENUE, amount.amount(), currency);
    return new Postings(transfers, before.with(currency, 0));
  }

  private static Postings letGo(Clearing before) {
    List<Transfer> transfers = new ArrayList<>(1);
    before
        .held()
        .forEach(
            (currency, held) ->
                add(transfers, CUSTOMER_RECEIVABLE, PROVIDER_CLEARING, held, currency));
    return new Postings(transfers, Clearing.NONE);
  }

  private static Postings refunded(Clearing before, Money amount) {
    List<Transfer> transfers = new ArrayList<>(1);
    add(transfers, REFUNDS, PROVIDER_BALANCE, amount.amount(), amount.currency());
    return new Postings(transfers, before);
  }

  /** An amount below zero goes the other way; none at all is no transfer. */
  private static void add(
      List<Transfer> transfers, Account debit, Account credit, long amount, String currency) {
    if (amount > 0) {
      transfers.add(new Transfer(debit, credit, new Money(amount, currency)));
    } else if (amount < 0) {
      transfers.add(new Transfer(credit, debit, new Money(Math.negateExact(amount), currency)));
    }
  }
}
