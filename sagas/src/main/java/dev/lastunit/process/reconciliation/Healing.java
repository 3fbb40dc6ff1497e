package dev.lastunit.process.reconciliation;

import dev.lastunit.ordering.api.OrderCommand.CancelOrder;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.payment.PaymentProvider;
import dev.lastunit.process.payment.PaymentProvider.Answer;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.reconciliation.Comparison.Found;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Result.Accepted;
import dev.lastunit.shared.api.Result.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Looks at one difference closely, and does what is to be done about it. Every step may be done
 * twice: commands are safe to repeat, the provider's keys derive from the charge, and a step is
 * only chosen upon how both sides stand at that moment. Never blocks.
 */
final class Healing {

  /**
   * What both sides say now.
   *
   * @param payment null when we have none
   * @param found what differs, what can be mended first; empty when nothing does
   */
  record Examination(PaymentRecord payment, List<Found> found) {}

  /** What a step came to. Technical failures are not among them: then the step may be repeated. */
  sealed interface Step {

    /**
     * It was done; whether it helped is seen later.
     *
     * @param after the charge after a move at the provider; else null
     */
    record Done(String what, Charge after) implements Step {}

    /** It cannot be done, and repeating will not help. */
    record Stuck(String why) implements Step {}
  }

  private final PaymentProvider provider;
  private final Books books;
  private final CommandSender sender;

  Healing(PaymentProvider provider, Books books, CommandSender sender) {
    this.provider = provider;
    this.books = books;
    this.sender = sender;
  }

  /**
   * Asks both sides. A charge without a reference cannot be asked for: it stands as it was found or
   * moved.
   */
  CompletableFuture<Examination> examine(Difference difference) {
    OrderId order = difference.orderId();
    if (order == null) {
      return CompletableFuture.completedFuture(
          new Examination(null, Comparison.of(null, false, List.of(difference.charge()))));
    }
    return provider
        .find(difference.reference())
        .thenCompose(
            charges ->
                books
                    .payments(List.of(PaymentId.of(order)))
                    .thenCompose(payments -> examine(order, payments, charges)));
  }

  private CompletableFuture<Examination> examine(
      OrderId order, List<PaymentRecord> payments, List<Charge> charges) {
    PaymentRecord payment = payments.isEmpty() ? null : payments.getFirst();
    CompletableFuture<Boolean> known =
        payment != null ? CompletableFuture.completedFuture(true) : books.orderExists(order);
    return known.thenApply(
        orderKnown -> new Examination(payment, Comparison.of(payment, orderKnown, charges)));
  }

  /** What an operator's giving up asks for instead of the remedy. */
  static Remedy compensation(Examination examination, Found found) {
    boolean nobodys =
        examination.payment() == null
            || examination.payment().amount() == null
            || found.kind() == DifferenceKind.CHARGED_TWICE;
    return nobodys ? Remedy.GIVE_BACK : Remedy.CANCEL_ORDER;
  }

  /**
   * Takes one step.
   *
   * @param remedy anything but PARK
   */
  CompletableFuture<Step> take(Remedy remedy, Examination examination, Found found) {
    Charge charge = found.charge();
    PaymentRecord payment = examination.payment();
    return switch (remedy) {
      case TELL_PENDING -> tell(new RecordPending(payment.paymentId(), charge.chargeId()));
      case TELL_AUTHORISED ->
          tell(new RecordAuthorisation(payment.paymentId(), charge.chargeId(), charge.amount()));
      case TELL_CAPTURED ->
          tell(new RecordCapture(payment.paymentId(), charge.chargeId(), charge.captured()));
      case TELL_DECLINED -> tell(new RecordDecline(payment.paymentId(), codeOf(charge)));
      case TELL_VOIDED -> tell(new RecordVoid(payment.paymentId()));
      case TELL_REFUNDED ->
          tell(new RecordRefundTotal(payment.paymentId(), charge.chargeId(), charge.refunded()));
      case CAPTURE -> capture(payment, charge);
      case GIVE_BACK -> giveBack(charge);
      case CANCEL_ORDER -> tell(new CancelOrder(payment.orderId(), null, "payment-differs"));
      case PARK -> throw new IllegalArgumentException("Nothing can be done");
    };
  }

  private static String codeOf(Charge charge) {
    if (charge == null) {
      return "no-charge";
    }
    return charge.status() == ChargeStatus.DECLINED
        ? Objects.requireNonNullElse(charge.declineCode(), "declined")
        : charge.status().name().toLowerCase(Locale.ROOT);
  }

  private <R> CompletableFuture<Step> tell(Command<R> command) {
    String name = command.getClass().getSimpleName();
    return sender
        .send(command)
        .thenApply(
            answer ->
                switch (answer) {
                  case Accepted<R> accepted -> new Step.Done(name, null);
                  case Refused<R> refused ->
                      new Step.Stuck(
                          name + " was refused: " + refused.code() + " " + refused.detail());
                });
  }

  private CompletableFuture<Step> capture(PaymentRecord payment, Charge charge) {
    return provider
        .capture(payment.paymentId() + "-capture", charge.chargeId(), charge.amount())
        .thenCompose(
            answer ->
                switch (answer) {
                  case Answer.Known(Charge after) when after.status() == ChargeStatus.CAPTURED ->
                      tell(
                          new RecordCapture(
                              payment.paymentId(), after.chargeId(), after.captured()));
                  case Answer.Known(Charge after) ->
                      done(new Step.Stuck("The provider has the charge as " + after.status()));
                  case Answer.Refused(String code) ->
                      done(new Step.Stuck("The provider refused to capture: " + code));
                  case Answer.Unknown unknown -> throw notKnown(unknown);
                });
  }

  private CompletableFuture<Step> giveBack(Charge charge) {
    if (charge == null || !Comparison.holdsMoney(charge)) {
      return done(new Step.Stuck("There is no charge to give back"));
    }
    boolean taken = charge.status() == ChargeStatus.CAPTURED;
    Money left = charge.captured().minus(charge.refunded());
    // The key changes with what was given back before, so that a further refund is another one.
    String key = "reconciliation-" + charge.chargeId();
    CompletableFuture<Answer> moved =
        taken
            ? provider.refund(
                key + "-refund-" + charge.refunded().amount(), charge.chargeId(), left)
            : provider.voidCharge(key + "-void", charge.chargeId());
    return moved.thenApply(
        answer ->
            switch (answer) {
              case Answer.Known(Charge after) when !Comparison.holdsMoney(after) ->
                  new Step.Done(
                      (taken ? "refunded " + left.amount() + " of " : "voided ")
                          + charge.chargeId(),
                      after);
              case Answer.Known(Charge after) ->
                  throw new IllegalStateException("The provider has it as " + after.status());
              case Answer.Refused(String code) ->
                  new Step.Stuck("The provider refused to give it back: " + code);
              case Answer.Unknown unknown -> throw notKnown(unknown);
            });
  }

  private static CompletableFuture<Step> done(Step step) {
    return CompletableFuture.completedFuture(step);
  }

  private static IllegalStateException notKnown(Answer.Unknown unknown) {
    return new IllegalStateException("The provider's answer is not known: " + unknown.cause());
  }
}
