package dev.lastunit.process.reconciliation;

import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Compares one payment with the charges under its reference. Pure; the tables of {@code
 * docs/reconciliation.md} are its specification.
 */
final class Comparison {

  /**
   * One difference.
   *
   * @param charge that differs; null when there is none
   * @param ours what our books say, in words and minor units
   * @param theirs what the provider's say
   */
  record Found(DifferenceKind kind, Remedy remedy, Charge charge, String ours, String theirs) {}

  private record Judgement(DifferenceKind kind, Remedy remedy) {}

  private final PaymentRecord payment;
  private final boolean orderKnown;
  private final List<Found> found = new ArrayList<>();

  private Comparison(PaymentRecord payment, boolean orderKnown) {
    this.payment = payment;
    this.orderKnown = orderKnown;
  }

  /**
   * Every difference, those that can be mended first.
   *
   * @param payment null when we have none under the reference
   * @param orderKnown whether the reference is that of an order of ours
   * @param charges all that the provider has under the reference
   */
  static List<Found> of(PaymentRecord payment, boolean orderKnown, List<Charge> charges) {
    Comparison comparison = new Comparison(payment, orderKnown);
    if (payment == null || payment.amount() == null) {
      charges.forEach(comparison::unrecorded);
    } else {
      comparison.recorded(charges);
    }
    comparison.found.sort(Comparator.comparing(one -> one.remedy() == Remedy.PARK));
    return List.copyOf(comparison.found);
  }

  /** Nobody asked for it: an order's goes back, for another it is not known whose it is. */
  private void unrecorded(Charge charge) {
    if (holdsMoney(charge)) {
      add(
          DifferenceKind.CHARGED_WITHOUT_RECORD,
          orderKnown ? Remedy.GIVE_BACK : Remedy.PARK,
          charge);
    }
  }

  private void recorded(List<Charge> charges) {
    Charge mine = mine(charges);
    Judgement judgement = judge(mine);
    if (judgement != null) {
      add(judgement.kind(), judgement.remedy(), mine);
    }
    for (Charge other : charges) {
      if (other != mine && holdsMoney(other)) {
        // Without the charge that we know, the other one may be in its place.
        add(DifferenceKind.CHARGED_TWICE, mine == null ? Remedy.PARK : Remedy.GIVE_BACK, other);
      }
    }
  }

  /** The charge that our payment knows, or that it would know; null when there is none. */
  private Charge mine(List<Charge> charges) {
    return charges.stream()
        .filter(
            charge -> payment.chargeId() == null || charge.chargeId().equals(payment.chargeId()))
        .min(Comparator.comparingInt(Comparison::rank))
        .orElse(null);
  }

  private static int rank(Charge charge) {
    return switch (charge.status()) {
      case CAPTURED -> 0;
      case AUTHORISED -> 1;
      case PENDING -> 2;
      case REFUNDED -> 3;
      case VOIDED -> 4;
      case DECLINED -> 5;
    };
  }

  private Judgement judge(Charge charge) {
    Judgement status = charge == null ? missing() : status(charge);
    boolean goesBack = status != null && status.remedy() == Remedy.GIVE_BACK;
    if (charge != null
        && charge.status() != ChargeStatus.DECLINED
        && charge.status() != ChargeStatus.VOIDED
        && !goesBack
        && !charge.amount().equals(payment.amount())) {
      return new Judgement(DifferenceKind.AMOUNT_DIFFERS, Remedy.PARK);
    }
    return status;
  }

  private Judgement missing() {
    Remedy remedy =
        switch (payment.status()) {
          case REQUESTED, PENDING -> Remedy.TELL_DECLINED;
          case AUTHORISED, CAPTURING -> Remedy.CANCEL_ORDER;
          case CAPTURED, REFUNDED -> Remedy.PARK;
          case ABANDONED -> tookMoney() ? Remedy.PARK : Remedy.TELL_VOIDED;
          case DECLINED, VOIDED -> null;
        };
    return remedy == null ? null : new Judgement(DifferenceKind.RECORDED_WITHOUT_CHARGE, remedy);
  }

  private Judgement status(Charge charge) {
    return switch (charge.status()) {
      case PENDING ->
          switch (payment.status()) {
            case REQUESTED -> differs(charge, Remedy.TELL_PENDING);
            case PENDING -> null;
            case AUTHORISED, CAPTURING, CAPTURED, REFUNDED -> differs(charge, Remedy.PARK);
            case DECLINED, VOIDED, ABANDONED -> differs(charge, Remedy.GIVE_BACK);
          };
      case AUTHORISED ->
          switch (payment.status()) {
            case REQUESTED, PENDING -> differs(charge, Remedy.TELL_AUTHORISED);
            case AUTHORISED -> null;
            case CAPTURING, CAPTURED -> differs(charge, Remedy.CAPTURE);
            case DECLINED, VOIDED, ABANDONED, REFUNDED -> differs(charge, Remedy.GIVE_BACK);
          };
      case CAPTURED, REFUNDED -> taken(charge);
      case DECLINED, VOIDED ->
          switch (payment.status()) {
            case REQUESTED, PENDING -> differs(charge, Remedy.TELL_DECLINED);
            case AUTHORISED, CAPTURING -> differs(charge, Remedy.CANCEL_ORDER);
            case CAPTURED, REFUNDED -> differs(charge, Remedy.PARK);
            case ABANDONED -> differs(charge, tookMoney() ? Remedy.PARK : Remedy.TELL_VOIDED);
            case DECLINED, VOIDED -> null;
          };
    };
  }

  private Judgement taken(Charge charge) {
    if (!tookMoney()) {
      return differs(charge, Remedy.TELL_CAPTURED);
    }
    if (!charge.captured().equals(payment.captured())) {
      return new Judgement(DifferenceKind.AMOUNT_DIFFERS, Remedy.PARK);
    }
    int more = Long.compare(charge.refunded().amount(), payment.refunded().amount());
    if (more == 0) {
      return null;
    }
    return new Judgement(
        DifferenceKind.REFUNDED_DIFFERS, more > 0 ? Remedy.TELL_REFUNDED : Remedy.PARK);
  }

  /** Money under a charge that our payment does not know is more than a status. */
  private Judgement differs(Charge charge, Remedy remedy) {
    return new Judgement(
        payment.chargeId() == null
                && charge.status() != ChargeStatus.DECLINED
                && charge.status() != ChargeStatus.VOIDED
            ? DifferenceKind.CHARGED_WITHOUT_RECORD
            : DifferenceKind.STATUS_DIFFERS,
        remedy);
  }

  private boolean tookMoney() {
    return payment.captured().amount() > 0;
  }

  /** Whether money is held or kept, or may be soon. */
  static boolean holdsMoney(Charge charge) {
    return switch (charge.status()) {
      case PENDING, AUTHORISED, CAPTURED -> true;
      case DECLINED, VOIDED, REFUNDED -> false;
    };
  }

  private void add(DifferenceKind kind, Remedy remedy, Charge charge) {
    found.add(new Found(kind, remedy, charge, ours(), theirs(charge)));
  }

  private String ours() {
    if (payment == null) {
      return orderKnown ? "no payment" : "no order";
    }
    if (payment.amount() == null) {
      return payment.status().text() + " before it was requested";
    }
    return payment.status().text()
        + " "
        + payment.amount().amount()
        + " "
        + payment.amount().currency()
        + ", captured "
        + payment.captured().amount()
        + ", refunded "
        + payment.refunded().amount();
  }

  private static String theirs(Charge charge) {
    return charge == null
        ? "no charge"
        : charge.status().name().toLowerCase(Locale.ROOT)
            + " "
            + charge.amount().amount()
            + " "
            + charge.amount().currency()
            + ", captured "
            + charge.captured().amount()
            + ", refunded "
            + charge.refunded().amount();
  }
}
