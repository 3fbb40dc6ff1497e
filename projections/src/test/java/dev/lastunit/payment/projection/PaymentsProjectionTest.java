package dev.lastunit.payment.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.testing.History;
import dev.lastunit.testing.ReadModelDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The payments' read model on a real PostgreSQL. */
class PaymentsProjectionTest {

  private static final Money TOTAL = new Money(1530, "GBP");
  private static final OrderId PAID = new OrderId("ord-paid");
  private static final OrderId DECLINED = new OrderId("ord-declined");
  private static final OrderId CLOSED = new OrderId("ord-closed");

  private static ReadModelDatabase database;
  private static PaymentsProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V12__payment.sql");
    projection = new PaymentsProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().execute("truncate payment.payment_view");
  }

  private static PaymentRequested requested(OrderId order) {
    return new PaymentRequested(
        PaymentId.of(order), order, new CustomerId("guest-1"), TOTAL, "card", "tok", "simulator");
  }

  private static List<RecordedEvent> history() {
    return new History()
        .and(
            requested(PAID),
            requested(DECLINED),
            new PaymentAbandoned(PaymentId.of(CLOSED), CLOSED, "out-of-stock"),
            new PaymentPending(PaymentId.of(PAID), PAID, "ch-1"),
            new PaymentDeclined(PaymentId.of(DECLINED), DECLINED, "no-funds"),
            new PaymentAuthorised(PaymentId.of(PAID), PAID, "ch-1", TOTAL),
            new PaymentCaptured(PaymentId.of(PAID), PAID, "ch-1", TOTAL),
            new PaymentRefunded(PaymentId.of(PAID), PAID, "ch-1", new Money(30, "GBP"), null))
        .events();
  }

  private static Map<String, Object> row(OrderId order) {
    return database
        .jdbc()
        .queryForMap(
            "select * from payment.payment_view where payment_id = ?", PaymentId.of(order).value());
  }

  private static List<Map<String, Object>> table() {
    return database.jdbc().queryForList("select * from payment.payment_view order by payment_id");
  }

  @Test
  void tellsHowEachPaymentStands() {
    database.project(projection, history(), 500);

    assertThat(row(PAID))
        .containsEntry("order_id", "ord-paid")
        .containsEntry("customer_id", "guest-1")
        .containsEntry("status", "CAPTURED")
        .containsEntry("amount", 1530L)
        .containsEntry("captured", 1530L)
        .containsEntry("refunded", 30L)
        .containsEntry("charge_id", "ch-1")
        .containsEntry("position", 8L);
    assertThat(row(DECLINED))
        .containsEntry("status", "DECLINED")
        .containsEntry("decline_code", "no-funds")
        .containsEntry("charge_id", null);
  }

  @Test
  void aPaymentThatWasClosedBeforeItWasRequestedHasNoAmount() {
    database.project(projection, history(), 500);

    assertThat(row(CLOSED))
        .containsEntry("status", "ABANDONED")
        .containsEntry("requested", false)
        .containsEntry("customer_id", null)
        .containsEntry("amount", null);
  }

  @Test
  void keepsNoTokenOfTheMeansOfPayment() {
    database.project(projection, history(), 500);

    assertThat(table().toString()).doesNotContain("tok");
  }

  @Test
  void neitherTheCutOfTheBatchesNorARepeatMatters() {
    database.project(projection, history(), 500);
    List<Map<String, Object>> atOnce = table();

    empty();
    database.project(projection, history(), 1);
    assertThat(table()).isEqualTo(atOnce);

    database.project(projection, history().subList(2, 8), 3);
    assertThat(table()).isEqualTo(atOnce);
  }
}
