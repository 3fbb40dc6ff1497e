package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.process.payment.PaymentProvider.Answer;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.PaymentId;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * What the payment process does: asks the provider, and tells the payment what it said. Every
 * effect may run twice: the provider's keys derive from the payment, and reports are safe to
 * repeat.
 */
final class PaymentEffects {

  private final PaymentReports reports;
  private final PaymentProvider provider;

  PaymentEffects(CommandSender sender, PaymentProvider provider) {
    this.reports = new PaymentReports(sender);
    this.provider = provider;
  }

  // AUTHORISING

  CompletableFuture<PaymentOutcome> authorise(PaymentProcessState payment) {
    return provider
        .authorise(
            payment.paymentId().value(),
            payment.orderId().value(),
            payment.amount(),
            payment.token())
        .thenCompose(
            answer ->
                switch (answer) {
                  case Answer.Known(Charge charge) -> report(payment, charge);
                  case Answer.Refused(String code) ->
                      reports
                          .tell(new RecordDecline(payment.paymentId(), code))
                          .thenApply(
                              status ->
                                  new PaymentOutcome.Reported(ChargeStatus.DECLINED, null, status));
                  case Answer.Unknown unknown ->
                      CompletableFuture.completedFuture(
                          new PaymentOutcome.Unanswered(!unknown.silent()));
                });
  }

  private CompletableFuture<PaymentOutcome> report(PaymentProcessState payment, Charge charge) {
    return reports
        .tell(reportOf(payment.paymentId(), charge))
        .thenApply(
            status -> new PaymentOutcome.Reported(charge.status(), charge.chargeId(), status));
  }

  private static PaymentCommand<PaymentStatus> reportOf(PaymentId id, Charge charge) {
    return switch (charge.status()) {
      case PENDING -> new RecordPending(id, charge.chargeId());
      case AUTHORISED, CAPTURED -> new RecordAuthorisation(id, charge.chargeId(), charge.amount());
      case DECLINED ->
          new RecordDecline(id, Objects.requireNonNullElse(charge.declineCode(), "declined"));
      case VOIDED -> new RecordDecline(id, "voided");
      case REFUNDED -> new RecordDecline(id, "refunded");
    };
  }

  // ASKING, POLLING

  CompletableFuture<PaymentOutcome> ask(PaymentProcessState payment) {
    return provider
        .find(payment.orderId().value())
        .thenCompose(
            charges ->
                charges.isEmpty()
                    ? CompletableFuture.completedFuture(new PaymentOutcome.NothingFound())
                    : report(payment, theOneThatCounts(charges)));
  }

  /** There is one, unless somebody charged by hand: then the one that holds money. */
  private static Charge theOneThatCounts(List<Charge> charges) {
    return charges.stream()
        .min(
            Comparator.comparingInt(
                charge ->
                    switch (charge.status()) {
                      case CAPTURED -> 0;
                      case AUTHORISED -> 1;
                      case PENDING -> 2;
                      case REFUNDED -> 3;
                      case VOIDED -> 4;
                      case DECLINED -> 5;
                    }))
        .orElseThrow();
  }

  // DECLINING

  CompletableFuture<PaymentOutcome> decline(PaymentProcessState payment) {
    return reports
        .tell(new RecordDecline(payment.paymentId(), payment.declineCode()))
        .thenApply(PaymentOutcome.DeclineReported::new);
  }

  // CAPTURING

  CompletableFuture<PaymentOutcome> capture(PaymentProcessState payment) {
    if (payment.chargeId() == null || payment.amount() == null) {
      return captureWhatIsFound(payment, true);
    }
    return capture(payment, payment.chargeId(), payment.amount(), true);
  }

  private CompletableFuture<PaymentOutcome> capture(
      PaymentProcessState payment, String chargeId, Money amount, boolean askInDoubt) {
    return provider
        .capture(payment.paymentId() + "-capture", chargeId, amount)
        .thenCompose(
            answer -> {
              if (answer instanceof Answer.Known(Charge charge)
                  && charge.status() == ChargeStatus.CAPTURED) {
                return recordCapture(payment, charge);
              }
              if (askInDoubt) {
                return captureWhatIsFound(payment, false);
              }
              throw new IllegalStateException(
                  "The capture's outcome is not known: " + name(answer));
            });
  }

  private CompletableFuture<PaymentOutcome> captureWhatIsFound(
      PaymentProcessState payment, boolean mayCapture) {
    return provider
        .find(payment.orderId().value())
        .thenCompose(
            charges -> {
              if (charges.isEmpty()) {
                throw new StuckException("The provider knows of no charge to capture");
              }
              Charge charge = theOneThatCounts(charges);
              return switch (charge.status()) {
                case CAPTURED, REFUNDED -> recordCapture(payment, charge);
                case AUTHORISED -> {
                  if (!mayCapture) {
                    throw new IllegalStateException("The provider has not captured yet");
                  }
                  yield capture(payment, charge.chargeId(), charge.amount(), false);
                }
                case PENDING, DECLINED, VOIDED ->
                    throw new StuckException(
                        "The provider has the charge as " + charge.status() + ", not authorised");
              };
            });
  }

  private CompletableFuture<PaymentOutcome> recordCapture(
      PaymentProcessState payment, Charge charge) {
    return reports
        .tell(new RecordCapture(payment.paymentId(), charge.chargeId(), charge.captured()))
        .thenApply(PaymentOutcome.CaptureReported::new);
  }

  // UNDOING

  CompletableFuture<PaymentOutcome> undo(PaymentProcessState payment) {
    return provider
        .find(payment.orderId().value())
        .thenCompose(
            charges -> {
              CompletableFuture<PaymentStatus> all = CompletableFuture.completedFuture(null);
              for (Charge charge : charges) {
                all = all.thenCompose(ignored -> undo(payment, charge));
              }
              // A charge that took nothing leaves the payment without anything held.
              CompletableFuture<PaymentStatus> told =
                  charges.stream().noneMatch(charge -> charge.captured().amount() > 0)
                      ? all.thenCompose(
                          ignored -> reports.tell(new RecordVoid(payment.paymentId())))
                      : all;
              return told.thenApply(ignored -> new PaymentOutcome.Undone(!charges.isEmpty()));
            });
  }

  private CompletableFuture<PaymentStatus> undo(PaymentProcessState payment, Charge charge) {
    return switch (charge.status()) {
      case PENDING, AUTHORISED ->
          provider
              .voidCharge(payment.paymentId() + "-void", charge.chargeId())
              .thenApply(
                  answer -> {
                    if (!(answer instanceof Answer.Known(Charge after))
                        || after.status() != ChargeStatus.VOIDED) {
                      throw new IllegalStateException("Not voided: " + name(answer));
                    }
                    return null;
                  });
      case CAPTURED -> refund(payment, charge);
      // Given back before this effect could say so.
      case REFUNDED -> recordRefunds(payment, charge);
      case DECLINED, VOIDED -> CompletableFuture.completedFuture(null);
    };
  }

  private CompletableFuture<PaymentStatus> refund(PaymentProcessState payment, Charge charge) {
    Money left = charge.captured().minus(charge.refunded());
    // The key changes with what was given back before, so that a further refund is another one.
    String key = payment.paymentId() + "-refund-" + charge.refunded().amount();
    return provider
        .refund(key, charge.chargeId(), left)
        .thenCompose(
            answer -> {
              if (!(answer instanceof Answer.Known(Charge after))
                  || after.status() != ChargeStatus.REFUNDED) {
                throw new IllegalStateException("Not refunded: " + name(answer));
              }
              return recordRefunds(payment, after);
            });
  }

  /** Only what was recorded as taken can be recorded as given back. */
  private CompletableFuture<PaymentStatus> recordRefunds(
      PaymentProcessState payment, Charge charge) {
    return reports
        .tell(new RecordCapture(payment.paymentId(), charge.chargeId(), charge.captured()))
        .thenCompose(
            ignored ->
                reports.tell(
                    new RecordRefundTotal(
                        payment.paymentId(), charge.chargeId(), charge.refunded())));
  }

  static String name(Answer answer) {
    return switch (answer) {
      case Answer.Known(Charge charge) -> charge.status().name();
      case Answer.Refused(String code) -> "refused, " + code;
      case Answer.Unknown unknown -> "unknown, " + unknown.cause();
    };
  }
}
