package dev.lastunit.process.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentQuery.PaymentRecord;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.reconciliation.Comparison.Found;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every payment with every charge: the table of {@code docs/reconciliation.md}. */
class ComparisonTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final Instant AT = Instant.parse("2026-11-23T19:00:00Z");
  private static final Path PAGE = Path.of("..", "docs", "reconciliation.md");

  private static final List<String> OURS =
      List.of(
          "requested",
          "pending",
          "authorised",
          "capturing",
          "captured",
          "refunded",
          "declined",
          "voided",
          "abandoned",
          "abandoned, taken");

  private static final List<String> THEIRS =
      Stream.concat(
              Stream.of("none"),
              Arrays.stream(ChargeStatus.values()).map(s -> s.name().toLowerCase(Locale.ROOT)))
          .toList();

  private static Money eur(long amount) {
    return new Money(amount, "EUR");
  }

  private static PaymentRecord payment(String ours) {
    PaymentStatus status =
        PaymentStatus.valueOf(ours.replace(", taken", "").toUpperCase(Locale.ROOT));
    boolean taken =
        ours.endsWith("taken")
            || status == PaymentStatus.CAPTURED
            || status == PaymentStatus.REFUNDED;
    boolean unknown = status == PaymentStatus.REQUESTED || status == PaymentStatus.DECLINED;
    return payment(
        status,
        taken ? 1999 : 0,
        status == PaymentStatus.REFUNDED ? 1999 : 0,
        unknown ? null : "ch_1");
  }

  private static PaymentRecord payment(
      PaymentStatus status, long captured, long refunded, String chargeId) {
    return new PaymentRecord(
        PaymentId.of(ORDER),
        ORDER,
        status,
        eur(1999),
        eur(captured),
        eur(refunded),
        chargeId,
        AT,
        AT);
  }

  private static Charge charge(String id, ChargeStatus status, long captured, long refunded) {
    return new Charge(id, status, eur(1999), eur(captured), eur(refunded), null);
  }

  private static Charge charge(String id, ChargeStatus status) {
    boolean taken = status == ChargeStatus.CAPTURED || status == ChargeStatus.REFUNDED;
    return charge(id, status, taken ? 1999 : 0, status == ChargeStatus.REFUNDED ? 1999 : 0);
  }

  private static List<Charge> charges(String theirs) {
    return theirs.equals("none")
        ? List.of()
        : List.of(charge("ch_1", ChargeStatus.valueOf(theirs.toUpperCase(Locale.ROOT))));
  }

  private static List<List<String>> rows() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .dropWhile(line -> !line.equals("<!-- table: differences -->"))
        .skip(3)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
        .toList();
  }

  static List<String> theirs() {
    return THEIRS;
  }

  private static String text(List<Found> found) {
    return found.stream().map(one -> one.kind().text() + " " + one.remedy()).toList().toString();
  }

  @ParameterizedTest
  @MethodSource("theirs")
  void everyPairDiffersAsThePageSays(String theirs) throws IOException {
    Map<String, String> page = new HashMap<>();
    for (List<String> row : rows()) {
      page.put(row.get(0) + " | " + row.get(1), "[" + row.get(2) + " " + row.get(3) + "]");
    }
    for (String ours : OURS) {
      assertThat(text(Comparison.of(payment(ours), true, charges(theirs))))
          .as("theirs %s, ours %s", theirs, ours)
          .isEqualTo(page.getOrDefault(theirs + " | " + ours, "[]"));
    }
  }

  @Test
  void thePageNamesNoOtherPair() throws IOException {
    List<String> pairs = new ArrayList<>();
    for (String theirs : THEIRS) {
      for (String ours : OURS) {
        pairs.add(theirs + " | " + ours);
      }
    }
    assertThat(rows().stream().map(row -> row.get(0) + " | " + row.get(1)))
        .doesNotHaveDuplicates()
        .isSubsetOf(pairs);
  }

  private static Charge of(long amount, ChargeStatus status, long captured) {
    return new Charge("ch_1", status, eur(amount), eur(captured), eur(0), null);
  }

  @Test
  void anotherAmountIsParkedUnlessItGoesBackAnyway() {
    for (long amount : List.of(1998L, 2000L)) {
      assertThat(
              text(
                  Comparison.of(
                      payment("requested"), true, List.of(of(amount, ChargeStatus.AUTHORISED, 0)))))
          .isEqualTo("[amount-differs PARK]");
      assertThat(
              text(
                  Comparison.of(
                      payment("voided"), true, List.of(of(amount, ChargeStatus.AUTHORISED, 0)))))
          .isEqualTo("[status-differs GIVE_BACK]");
      assertThat(
              text(
                  Comparison.of(
                      payment("declined"), true, List.of(of(amount, ChargeStatus.DECLINED, 0)))))
          .isEqualTo("[]");
    }
    assertThat(
            text(
                Comparison.of(
                    payment("captured"), true, List.of(of(1999, ChargeStatus.CAPTURED, 1998)))))
        .isEqualTo("[amount-differs PARK]");
  }

  @Test
  void aPartThatWasGivenBackIsToldOrParked() {
    for (long refunded : List.of(0L, 1L, 500L)) {
      PaymentRecord payment = payment(PaymentStatus.CAPTURED, 1999, refunded, "ch_1");
      assertThat(
              text(
                  Comparison.of(
                      payment,
                      true,
                      List.of(charge("ch_1", ChargeStatus.CAPTURED, 1999, refunded)))))
          .isEqualTo("[]");
      assertThat(
              text(
                  Comparison.of(
                      payment,
                      true,
                      List.of(charge("ch_1", ChargeStatus.CAPTURED, 1999, refunded + 1)))))
          .isEqualTo("[refunded-differs TELL_REFUNDED]");
    }
    assertThat(
            text(
                Comparison.of(
                    payment(PaymentStatus.CAPTURED, 1999, 500, "ch_1"),
                    true,
                    List.of(charge("ch_1", ChargeStatus.CAPTURED, 1999, 499)))))
        .isEqualTo("[refunded-differs PARK]");
  }

  @Test
  void aFurtherChargeGoesBackWhileOursIsThere() {
    Charge ours = charge("ch_1", ChargeStatus.CAPTURED);
    for (ChargeStatus status : ChargeStatus.values()) {
      Charge other = charge("ch_2", status);
      String expected = Comparison.holdsMoney(other) ? "[charged-twice GIVE_BACK]" : "[]";
      assertThat(text(Comparison.of(payment("captured"), true, List.of(other, ours))))
          .as("%s", status)
          .isEqualTo(expected);
    }
    assertThat(
            text(
                Comparison.of(
                    payment("captured"), true, List.of(charge("ch_2", ChargeStatus.CAPTURED)))))
        .isEqualTo("[recorded-without-charge PARK, charged-twice PARK]");
  }

  /** What can be mended comes first: a difference that waits for a person holds up nothing. */
  @Test
  void whatCanBeMendedComesFirst() {
    assertThat(
            text(
                Comparison.of(
                    payment("captured"),
                    true,
                    List.of(
                        charge("ch_1", ChargeStatus.VOIDED),
                        charge("ch_2", ChargeStatus.AUTHORISED)))))
        .isEqualTo("[charged-twice GIVE_BACK, status-differs PARK]");
  }

  @Test
  void whatNobodyAskedForGoesBackWhenItsOrderIsOurs() {
    PaymentRecord closed =
        new PaymentRecord(
            PaymentId.of(ORDER), ORDER, PaymentStatus.ABANDONED, null, null, null, null, AT, AT);
    for (ChargeStatus status : ChargeStatus.values()) {
      List<Charge> charges = List.of(charge("ch_1", status));
      boolean holds = Comparison.holdsMoney(charges.getFirst());
      assertThat(text(Comparison.of(null, true, charges)))
          .isEqualTo(holds ? "[charged-without-record GIVE_BACK]" : "[]");
      assertThat(text(Comparison.of(closed, true, charges)))
          .isEqualTo(holds ? "[charged-without-record GIVE_BACK]" : "[]");
      assertThat(text(Comparison.of(null, false, charges)))
          .isEqualTo(holds ? "[charged-without-record PARK]" : "[]");
    }
  }
}
