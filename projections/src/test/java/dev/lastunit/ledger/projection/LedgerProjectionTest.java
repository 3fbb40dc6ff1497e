package dev.lastunit.ledger.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
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

/** The ledger on a real PostgreSQL. */
class LedgerProjectionTest {

  private static final Money TOTAL = new Money(1530, "GBP");
  private static final OrderId PAID = new OrderId("ord-paid");
  private static final OrderId HELD = new OrderId("ord-held");
  private static final OrderId VOIDED = new OrderId("ord-voided");
  private static final OrderId DECLINED = new OrderId("ord-declined");

  private static ReadModelDatabase database;
  private static LedgerProjection projection;

  @BeforeAll
  static void start() {
    database = new ReadModelDatabase("V54__ledger.sql");
    projection = new LedgerProjection(database.jdbc());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().execute("truncate ledger.transfer, ledger.open_clearing");
  }

  private static PaymentAuthorised authorised(OrderId order) {
    return new PaymentAuthorised(PaymentId.of(order), order, "ch-" + order, TOTAL);
  }

  private static PaymentRefunded refunded(long amount) {
    return new PaymentRefunded(PaymentId.of(PAID), PAID, "ch-1", new Money(amount, "GBP"), null);
  }

  private static List<RecordedEvent> history() {
    return new History()
        .and(
            authorised(PAID),
            new PaymentDeclined(PaymentId.of(DECLINED), DECLINED, "no-funds"),
            authorised(HELD),
            authorised(VOIDED),
            new PaymentCaptured(PaymentId.of(PAID), PAID, "ch-1", TOTAL),
            new PaymentAbandoned(PaymentId.of(VOIDED), VOIDED, "cancelled"),
            new PaymentVoided(PaymentId.of(VOIDED), VOIDED),
            refunded(30),
            refunded(1500))
        .events();
  }

  private static List<Map<String, Object>> transfers() {
    return database.jdbc().queryForList("select * from ledger.transfer order by position, number");
  }

  private static List<Map<String, Object>> open() {
    return database.jdbc().queryForList("select * from ledger.open_clearing order by order_id");
  }

  private static long balance(OrderId order, String account) {
    return database
        .jdbc()
        .queryForObject(
            "select coalesce(sum(case when debit = ? then amount else 0 end)"
                + " - sum(case when credit = ? then amount else 0 end), 0)"
                + " from ledger.transfer where order_id = ?",
            Long.class,
            account,
            account,
            order.value());
  }

  @Test
  void postsWhatMovedMoney() {
    database.project(projection, history(), 500);

    assertThat(transfers()).hasSize(8);
    assertThat(transfers().getFirst())
        .containsEntry("position", 1L)
        .containsEntry("number", 0)
        .containsEntry("order_id", "ord-paid")
        .containsEntry("event", "PaymentAuthorised")
        .containsEntry("debit", "provider-clearing")
        .containsEntry("credit", "customer-receivable")
        .containsEntry("amount", 1530L)
        .containsEntry("currency", "GBP");
    assertThat(balance(PAID, "revenue")).isEqualTo(-1530);
    assertThat(balance(PAID, "refunds")).isEqualTo(1530);
    assertThat(balance(PAID, "provider-balance")).isZero();
    assertThat(balance(PAID, "customer-receivable")).isZero();
    assertThat(balance(VOIDED, "customer-receivable")).isZero();
  }

  @Test
  void keepsWhatIsOpenInClearing() {
    database.project(projection, history().subList(0, 4), 2);
    assertThat(open())
        .extracting(row -> row.get("order_id"))
        .containsExactly("ord-held", "ord-paid", "ord-voided");

    database.project(projection, history().subList(4, 9), 500);
    assertThat(open()).hasSize(1);
    assertThat(open().getFirst())
        .containsEntry("order_id", "ord-held")
        .containsEntry("held", 1530L)
        .containsEntry("position", 3L)
        .containsEntry("since", java.sql.Timestamp.from(History.at(3)));
  }

  @Test
  void neitherTheCutOfTheBatchesNorARepeatMatters() {
    database.project(projection, history(), 500);
    List<Map<String, Object>> atOnce = transfers();
    List<Map<String, Object>> openAtOnce = open();

    for (int size = 1; size < 9; size++) {
      empty();
      database.project(projection, history(), size);
      assertThat(transfers()).isEqualTo(atOnce);
      assertThat(open()).isEqualTo(openAtOnce);
    }
    database.project(projection, history(), 3);
    assertThat(transfers()).isEqualTo(atOnce);
    assertThat(open()).isEqualTo(openAtOnce);
  }

  @Test
  void aBatchThatIsRolledBackLeavesNothing() {
    database.rollBack(projection, history());
    assertThat(transfers()).isEmpty();

    database.project(projection, history(), 500);
    assertThat(transfers()).hasSize(8);
  }
}
