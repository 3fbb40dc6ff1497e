package dev.lastunit.ledger.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which event posts what: the table of {@code docs/ledger.md}, for every event there is. */
class PostingsTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final Path PAGE = Path.of("..", "docs", "ledger.md");

  private record Row(String event, Account debit, Account credit, String amount) {}

  static Money eur(long amount) {
    return new Money(amount, "EUR");
  }

  private static Clearing held(long amount) {
    return new Clearing(new TreeMap<>(Map.of("EUR", amount)));
  }

  private static Account account(String text) {
    return Arrays.stream(Account.values())
        .filter(account -> account.text().equals(text))
        .findFirst()
        .orElseThrow();
  }

  private static List<Row> table() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.equals("<!-- table: postings -->"))
        .skip(3)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
        .map(
            cells ->
                new Row(cells.get(0), account(cells.get(1)), account(cells.get(2)), cells.get(3)))
        .toList();
  }

  /** Every event, those with an amount with 1999. */
  static List<PaymentEvent> events() {
    return List.of(
        new PaymentRequested(
            PAYMENT, ORDER, new CustomerId("ada"), eur(1999), "card", "tok_ok", "simulator"),
        new PaymentPending(PAYMENT, ORDER, "ch_1"),
        new PaymentAuthorised(PAYMENT, ORDER, "ch_1", eur(1999)),
        new PaymentDeclined(PAYMENT, ORDER, "no"),
        new PaymentCaptureRequested(PAYMENT, ORDER),
        new PaymentCaptured(PAYMENT, ORDER, "ch_1", eur(1999)),
        new PaymentAbandoned(PAYMENT, ORDER, "why"),
        new PaymentVoided(PAYMENT, ORDER),
        new RefundRequested(
            PAYMENT, ORDER, new RefundId("return-1"), "ch_1", eur(1999), "returned"),
        new RefundFailed(PAYMENT, ORDER, new RefundId("return-1"), "no"),
        new PaymentRefunded(PAYMENT, ORDER, "ch_1", eur(1999), new RefundId("return-1")));
  }

  /** What the page says that the event posts. */
  private static List<Transfer> documented(PaymentEvent event, long held) throws IOException {
    List<Transfer> expected = new ArrayList<>();
    for (Row row : table()) {
      if (row.event().equals(event.getClass().getSimpleName())) {
        String amount = row.amount();
        long units =
            amount.startsWith("captured less held")
                ? 1999 - held
                : amount.equals("held") ? held : 1999;
        if (units > 0) {
          expected.add(new Transfer(row.debit(), row.credit(), eur(units)));
        } else if (units < 0) {
          expected.add(new Transfer(row.credit(), row.debit(), eur(-units)));
        }
      }
    }
    return expected;
  }

  @ParameterizedTest
  @MethodSource("events")
  void everyEventPostsWhatThePageSays(PaymentEvent event) throws IOException {
    for (long held : List.of(0L, 1L, 1998L, 1999L, 2000L)) {
      assertThat(Postings.of(held(held), event).transfers())
          .as("%s with %d held", event, held)
          .isEqualTo(documented(event, held));
    }
  }

  @Test
  void theTestKnowsEveryEventAndThePageNoOther() throws IOException {
    assertThat(events().stream().map(event -> event.getClass().getName()))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(PaymentEvent.class.getPermittedSubclasses())
                .map(Class::getName)
                .toList());
    assertThat(table().stream().map(Row::event).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Postings.POSTED.stream().map(Class::getSimpleName).toList());
  }

  @Test
  void anOrdinaryOrderHasThreeTransfersAndLeavesNothingInClearing() {
    Postings authorised =
        Postings.of(Clearing.NONE, new PaymentAuthorised(PAYMENT, ORDER, "ch_1", eur(1999)));
    Postings captured =
        Postings.of(authorised.after(), new PaymentCaptured(PAYMENT, ORDER, "ch_1", eur(1999)));

    assertThat(authorised.transfers()).hasSize(1);
    assertThat(authorised.after()).isEqualTo(held(1999));
    assertThat(captured.transfers()).hasSize(2);
    assertThat(captured.after().isZero()).isTrue();
  }

  @Test
  void aVoidLetsGoOfEveryCurrency() {
    Clearing held = new Clearing(new TreeMap<>(Map.of("EUR", 5L, "GBP", 7L)));

    Postings voided = Postings.of(held, new PaymentVoided(PAYMENT, ORDER));

    assertThat(voided.transfers())
        .extracting(Transfer::amount)
        .containsExactly(eur(5), new Money(7, "GBP"));
    assertThat(voided.after()).isEqualTo(Clearing.NONE);
  }

  @Test
  void anEventOfNothingPostsNothing() {
    assertThat(
            Postings.of(Clearing.NONE, new PaymentCaptured(PAYMENT, ORDER, "ch_1", eur(0)))
                .transfers())
        .isEmpty();
    assertThat(held(0)).isEqualTo(Clearing.NONE);
  }

  @Test
  void aTransferNeedsTwoAccountsAndAnAmount() {
    assertThatThrownBy(() -> new Transfer(Account.REVENUE, Account.REVENUE, eur(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Transfer(Account.REVENUE, Account.REFUNDS, eur(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatDoesNotFitIsNotWrapped() {
    assertThatThrownBy(
            () ->
                Postings.of(
                    held(Long.MAX_VALUE), new PaymentAuthorised(PAYMENT, ORDER, "ch_1", eur(1))))
        .isInstanceOf(ArithmeticException.class);
  }
}
