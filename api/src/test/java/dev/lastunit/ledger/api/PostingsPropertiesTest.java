package dev.lastunit.ledger.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever is recorded of a payment, also what no rule of ours would, its postings are balanced.
 */
class PostingsPropertiesTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);

  @Provide
  Arbitrary<List<PaymentEvent>> histories() {
    Arbitrary<Money> amounts =
        Combinators.combine(
                Arbitraries.longs().between(-1_000_000_000_000L, 1_000_000_000_000L),
                Arbitraries.of("EUR", "GBP", "JPY"))
            .as(Money::new);
    return amounts
        .flatMap(
            amount ->
                Arbitraries.<PaymentEvent>of(
                    new PaymentAuthorised(PAYMENT, ORDER, "ch_1", amount),
                    new PaymentCaptured(PAYMENT, ORDER, "ch_1", amount),
                    new PaymentRefunded(PAYMENT, ORDER, "ch_1", amount, null),
                    new PaymentDeclined(PAYMENT, ORDER, "no"),
                    new PaymentAbandoned(PAYMENT, ORDER, "why"),
                    new PaymentVoided(PAYMENT, ORDER)))
        .list()
        .ofMaxSize(30);
  }

  /** Balances by currency and account, in a book that knows nothing of transfers. */
  private static final class Book {
    private final Map<String, EnumMap<Account, Long>> balances = new HashMap<>();

    void post(Transfer transfer) {
      var accounts =
          balances.computeIfAbsent(
              transfer.amount().currency(), currency -> new EnumMap<>(Account.class));
      accounts.merge(transfer.debit(), transfer.amount().amount(), Math::addExact);
      accounts.merge(transfer.credit(), -transfer.amount().amount(), Math::addExact);
    }

    long sum(String currency) {
      return balances.getOrDefault(currency, new EnumMap<>(Account.class)).values().stream()
          .mapToLong(Long::longValue)
          .sum();
    }

    long of(Account account, String currency) {
      return balances
          .getOrDefault(currency, new EnumMap<>(Account.class))
          .getOrDefault(account, 0L);
    }
  }

  @Property
  void everyEventIsBalancedAndClearingIsWhatTheBookSays(
      @ForAll("histories") List<PaymentEvent> history) {
    Book book = new Book();
    Clearing held = Clearing.NONE;
    for (PaymentEvent event : history) {
      Postings postings = Postings.of(held, event);
      postings.transfers().forEach(book::post);
      held = postings.after();
      for (String currency : List.of("EUR", "GBP", "JPY")) {
        assertThat(book.sum(currency)).isZero();
        assertThat(book.of(Account.PROVIDER_CLEARING, currency)).isEqualTo(held.in(currency));
      }
    }
  }

  /** What was taken and what was given back are where an accountant would look for them. */
  @Property
  void revenueAndRefundsAreWhatWasTakenAndGivenBack(
      @ForAll("histories") List<PaymentEvent> history) {
    Book book = new Book();
    Clearing held = Clearing.NONE;
    long taken = 0;
    long back = 0;
    for (PaymentEvent event : history) {
      Postings postings = Postings.of(held, event);
      postings.transfers().forEach(book::post);
      held = postings.after();
      if (event instanceof PaymentCaptured captured && captured.amount().currency().equals("EUR")) {
        taken += captured.amount().amount();
      }
      if (event instanceof PaymentRefunded refunded && refunded.amount().currency().equals("EUR")) {
        back += refunded.amount().amount();
      }
    }

    assertThat(book.of(Account.REVENUE, "EUR")).isEqualTo(-taken);
    assertThat(book.of(Account.REFUNDS, "EUR")).isEqualTo(back);
    assertThat(book.of(Account.PROVIDER_BALANCE, "EUR")).isEqualTo(taken - back);
    assertThat(book.of(Account.CUSTOMER_RECEIVABLE, "EUR")).isEqualTo(-held.in("EUR"));
  }
}
