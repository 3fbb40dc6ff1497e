package dev.lastunit.payment.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentPending;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import org.junit.jupiter.api.Test;

class PaymentProgressTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final Money TOTAL = new Money(1530, "GBP");

  private static final PaymentEvent REQUESTED =
      new PaymentRequested(PAYMENT, ORDER, new CustomerId("c"), TOTAL, "card", "tok", "simulator");
  private static final PaymentEvent PENDING = new PaymentPending(PAYMENT, ORDER, "ch");
  private static final PaymentEvent AUTHORISED = new PaymentAuthorised(PAYMENT, ORDER, "ch", TOTAL);
  private static final PaymentEvent DECLINED = new PaymentDeclined(PAYMENT, ORDER, "no-funds");
  private static final PaymentEvent CAPTURING = new PaymentCaptureRequested(PAYMENT, ORDER);
  private static final PaymentEvent CAPTURED = new PaymentCaptured(PAYMENT, ORDER, "ch", TOTAL);
  private static final PaymentEvent ABANDONED = new PaymentAbandoned(PAYMENT, ORDER, "expired");
  private static final PaymentEvent VOIDED = new PaymentVoided(PAYMENT, ORDER);

  private static PaymentEvent refunded(long amount) {
    return new PaymentRefunded(PAYMENT, ORDER, "ch", new Money(amount, "GBP"), null);
  }

  private static PaymentProgress fold(PaymentEvent... events) {
    PaymentProgress progress = PaymentProgress.NONE;
    for (PaymentEvent event : events) {
      progress = progress.after(event);
    }
    return progress;
  }

  @Test
  void followsTheEventsToCapture() {
    assertThat(fold().status()).isNull();
    assertThat(fold(REQUESTED).status()).isEqualTo(PaymentStatus.REQUESTED);
    assertThat(fold(REQUESTED, PENDING).status()).isEqualTo(PaymentStatus.PENDING);
    assertThat(fold(REQUESTED, PENDING, AUTHORISED).status()).isEqualTo(PaymentStatus.AUTHORISED);
    assertThat(fold(REQUESTED, AUTHORISED, CAPTURING).status()).isEqualTo(PaymentStatus.CAPTURING);
    assertThat(fold(REQUESTED, AUTHORISED, CAPTURING, CAPTURED))
        .isEqualTo(new PaymentProgress(PaymentStatus.CAPTURED, true, 1530, 0));
  }

  @Test
  void anAbandonedPaymentHoldsMoneyUntilItIsBack() {
    assertThat(fold(REQUESTED, AUTHORISED, ABANDONED).holdsNothing()).isFalse();
    assertThat(fold(REQUESTED, AUTHORISED, ABANDONED, VOIDED).holdsNothing()).isTrue();
    assertThat(fold(REQUESTED, VOIDED, CAPTURED, ABANDONED).holdsNothing()).isFalse();
    assertThat(fold(REQUESTED, AUTHORISED, CAPTURED, ABANDONED, refunded(1530)).status())
        .isEqualTo(PaymentStatus.REFUNDED);
  }

  @Test
  void aPartialRefundLeavesItCaptured() {
    var progress = fold(REQUESTED, AUTHORISED, CAPTURED, refunded(500));

    assertThat(progress.status()).isEqualTo(PaymentStatus.CAPTURED);
    assertThat(progress.holdsNothing()).isFalse();
    assertThat(progress.after(refunded(1030)).status()).isEqualTo(PaymentStatus.REFUNDED);
  }

  @Test
  void aDeclinedPaymentHoldsNothing() {
    assertThat(fold(REQUESTED, DECLINED).status()).isEqualTo(PaymentStatus.DECLINED);
    assertThat(fold(REQUESTED, DECLINED).holdsNothing()).isTrue();
  }

  @Test
  void closedBeforeItWasRequestedHoldsNothing() {
    assertThat(fold(ABANDONED).status()).isEqualTo(PaymentStatus.ABANDONED);
    assertThat(fold(ABANDONED).holdsNothing()).isTrue();
    assertThat(fold(REQUESTED, ABANDONED).holdsNothing()).isFalse();
    assertThat(fold().holdsNothing()).isTrue();
  }
}
