package dev.lastunit.payment.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.AbandonPayment;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentCommand.RequestCapture;
import dev.lastunit.payment.api.PaymentCommand.RequestPayment;
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
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.axonframework.modelling.command.AggregateNotFoundException;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * One charge an order; money that was taken and is not wanted goes back, and never more than was
 * taken.
 */
class PaymentTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final Money AMOUNT = eur(2500);
  private static final String CHARGE = "ch-1";
  private static final String OTHER_CHARGE = "ch-2";

  private static final PaymentRequested REQUESTED =
      new PaymentRequested(
          PAYMENT, ORDER, new CustomerId("buyer"), AMOUNT, "card", "tok_ok", "simulator");
  private static final PaymentPending PENDING = new PaymentPending(PAYMENT, ORDER, CHARGE);
  private static final PaymentAuthorised AUTHORISED =
      new PaymentAuthorised(PAYMENT, ORDER, CHARGE, AMOUNT);
  private static final PaymentDeclined DECLINED = new PaymentDeclined(PAYMENT, ORDER, "no-funds");
  private static final PaymentCaptureRequested CAPTURING =
      new PaymentCaptureRequested(PAYMENT, ORDER);
  private static final PaymentCaptured CAPTURED =
      new PaymentCaptured(PAYMENT, ORDER, CHARGE, AMOUNT);
  private static final PaymentAbandoned ABANDONED =
      new PaymentAbandoned(PAYMENT, ORDER, "cancelled");
  private static final PaymentVoided VOIDED = new PaymentVoided(PAYMENT, ORDER);

  private AggregateTestFixture<Payment> fixture;

  /** What a row of the table may hold besides events and refusals. */
  private enum Outcome {
    /** Nothing is recorded and the answer is the status as it stands. */
    UNCHANGED,
    REFUSED
  }

  /**
   * The histories that the table starts from; more than there are statuses, since money matters
   * too.
   */
  private enum Given {
    REQUESTED(PaymentStatus.REQUESTED, PaymentTest.REQUESTED),
    PENDING(PaymentStatus.PENDING, PaymentTest.REQUESTED, PaymentTest.PENDING),
    AUTHORISED(PaymentStatus.AUTHORISED, PaymentTest.REQUESTED, PaymentTest.AUTHORISED),
    DECLINED(PaymentStatus.DECLINED, PaymentTest.REQUESTED, PaymentTest.DECLINED),
    CAPTURING(
        PaymentStatus.CAPTURING,
        PaymentTest.REQUESTED,
        PaymentTest.AUTHORISED,
        PaymentTest.CAPTURING),
    CAPTURED(
        PaymentStatus.CAPTURED,
        PaymentTest.REQUESTED,
        PaymentTest.AUTHORISED,
        PaymentTest.CAPTURING,
        PaymentTest.CAPTURED),
    ABANDONED_FIRST(PaymentStatus.ABANDONED, PaymentTest.ABANDONED),
    ABANDONED(PaymentStatus.ABANDONED, PaymentTest.REQUESTED, PaymentTest.ABANDONED),
    ABANDONED_HELD(
        PaymentStatus.ABANDONED,
        PaymentTest.REQUESTED,
        PaymentTest.AUTHORISED,
        PaymentTest.ABANDONED),
    ABANDONED_TAKEN(
        PaymentStatus.ABANDONED,
        PaymentTest.REQUESTED,
        PaymentTest.AUTHORISED,
        PaymentTest.CAPTURED,
        PaymentTest.ABANDONED),
    VOIDED(
        PaymentStatus.VOIDED,
        PaymentTest.REQUESTED,
        PaymentTest.AUTHORISED,
        PaymentTest.ABANDONED,
        PaymentTest.VOIDED),
    REFUNDED(
        PaymentStatus.REFUNDED,
        PaymentTest.REQUESTED,
        PaymentTest.AUTHORISED,
        PaymentTest.CAPTURED,
        PaymentTest.ABANDONED,
        refunded(AMOUNT.amount()));

    private final PaymentStatus status;
    private final List<PaymentEvent> events;

    Given(PaymentStatus status, PaymentEvent... events) {
      this.status = status;
      this.events = List.of(events);
    }
  }

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(Payment.class);
  }

  @Test
  void requestsAPayment() {
    fixture
        .givenNoPriorActivity()
        .when(request(AMOUNT))
        .expectEvents(REQUESTED)
        .expectResultMessagePayload(Result.accepted(PaymentStatus.REQUESTED));
  }

  @Test
  void refusesToRequestAnotherAmountForTheSameOrder() {
    assertRefused(Given.REQUESTED, request(eur(2501)));
  }

  @Test
  void closesAPaymentThatWasNeverRequested() {
    fixture
        .givenNoPriorActivity()
        .when(new AbandonPayment(PAYMENT, ORDER, "cancelled"))
        .expectEvents(ABANDONED)
        .expectResultMessagePayload(Result.accepted(PaymentStatus.ABANDONED));
  }

  @Test
  void knowsNothingOfAPaymentThatWasNeverRequestedNorAbandoned() {
    fixture
        .givenNoPriorActivity()
        .when(new RecordPending(PAYMENT, CHARGE))
        .expectNoEvents()
        .expectException(AggregateNotFoundException.class);
  }

  @Test
  void recordsTheAuthorisationThatACaptureTellsOf() {
    fixture
        .given(REQUESTED)
        .when(new RecordCapture(PAYMENT, CHARGE, AMOUNT))
        .expectEvents(AUTHORISED, CAPTURED)
        .expectResultMessagePayload(Result.accepted(PaymentStatus.CAPTURED));
  }

  @Test
  void ignoresTheAuthorisationThatComesAfterItsCapture() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED)
        .when(new RecordAuthorisation(PAYMENT, CHARGE, AMOUNT))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(PaymentStatus.CAPTURED));
  }

  @Test
  void saysThatAnAuthorisationIsNotWantedAnyMore() {
    fixture
        .given(REQUESTED, ABANDONED)
        .when(new RecordAuthorisation(PAYMENT, CHARGE, AMOUNT))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(PaymentStatus.ABANDONED));
  }

  @Test
  void sendsBackMoneyThatWasTakenAfterItWasAbandoned() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURING, ABANDONED)
        .when(new RecordCapture(PAYMENT, CHARGE, AMOUNT))
        .expectEvents(
            CAPTURED, new PaymentAbandoned(PAYMENT, ORDER, "Captured after it was abandoned"))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.ABANDONED));
  }

  @Test
  void refundsWhatWasTakenForAnAbandonedPayment() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, ABANDONED)
        .when(new RecordRefundTotal(PAYMENT, CHARGE, AMOUNT))
        .expectEvents(refunded(2500))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.REFUNDED));
  }

  @Test
  void staysCapturedUntilEverythingIsBack() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED)
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(2499)))
        .expectEvents(refunded(2499))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.CAPTURED));
  }

  @Test
  void isRefundedWithTheLastPart() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, refunded(2499))
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(2500)))
        .expectEvents(refunded(1))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.REFUNDED));
  }

  @Test
  void refundsAtMostWhatIsStillKept() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, refunded(2499))
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(2501)))
        .expectNoEvents()
        .expectResultMessagePayload(refusal("The payment is captured and does not allow this"));
  }

  @Test
  void refundsAtMostWhatWasTaken() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED)
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(2501)))
        .expectNoEvents()
        .expectResultMessagePayload(refusal("The payment is captured and does not allow this"));
  }

  @Test
  void refundsInTheCurrencyThatWasTakenOnly() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED)
        .when(new RecordRefundTotal(PAYMENT, CHARGE, new Money(2500, "GBP")))
        .expectNoEvents()
        .expectResultMessagePayload(refusal("The payment is captured and does not allow this"));
  }

  @Test
  void refundsNothingOnlyOnRefusal() {
    assertRefused(Given.CAPTURED, new RecordRefundTotal(PAYMENT, CHARGE, eur(0)));
    assertRefused(Given.CAPTURED, new RecordRefundTotal(PAYMENT, CHARGE, eur(-1)));
  }

  @Test
  void voidsAnAbandonedPaymentWhoseMoneyWasTakenOnlyOnceItIsBack() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, ABANDONED, refunded(2499))
        .when(new RecordVoid(PAYMENT))
        .expectNoEvents()
        .expectResultMessagePayload(refusal("The payment is abandoned and does not allow this"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Given.class,
      names = {"PENDING", "AUTHORISED", "CAPTURING", "CAPTURED", "ABANDONED_HELD", "VOIDED"})
  void hasOneChargeOnly(Given given) {
    assertRefused(given, new RecordPending(PAYMENT, OTHER_CHARGE));
    assertRefused(given, new RecordAuthorisation(PAYMENT, OTHER_CHARGE, AMOUNT));
    assertRefused(given, new RecordCapture(PAYMENT, OTHER_CHARGE, AMOUNT));
    assertRefused(given, new RecordRefundTotal(PAYMENT, OTHER_CHARGE, AMOUNT));
  }

  @ParameterizedTest
  @EnumSource(value = Given.class, mode = EnumSource.Mode.EXCLUDE, names = "ABANDONED_FIRST")
  void takesTheRequestedAmountOnly(Given given) {
    for (var amount : List.of(eur(2499), eur(2501), new Money(2500, "GBP"))) {
      assertRefused(given, new RecordAuthorisation(PAYMENT, CHARGE, amount));
      assertRefused(given, new RecordCapture(PAYMENT, CHARGE, amount));
    }
  }

  /** Every history by every command: exactly the events, an unchanged status, or a refusal. */
  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("table")
  void decidesAsTheTableSays(Given given, PaymentCommand<PaymentStatus> command, Object expected) {
    var result = decide(given.events, command).result();
    var then = fixture.given(given.events).when(command).expectResultMessagePayload(result);

    switch (expected) {
      case Outcome.REFUSED -> {
        then.expectNoEvents();
        assertRefused(given, command);
      }
      case Outcome.UNCHANGED -> {
        then.expectNoEvents();
        assertThat(result).isEqualTo(Result.repeated(given.status));
      }
      case List<?> events -> {
        then.expectEvents(events.toArray());
        assertThat(result).isEqualTo(Result.accepted(statusAfter(events.getLast())));
      }
      default -> throw new IllegalArgumentException("Not an outcome: " + expected);
    }
  }

  private static Stream<Arguments> table() {
    var same = Outcome.UNCHANGED;
    var refused = Outcome.REFUSED;
    var voided = List.of(VOIDED);
    var abandoned = List.of(ABANDONED);
    return Stream.of(
            row(
                request(AMOUNT),
                same, // requested
                same, // pending
                same, // authorised
                same, // declined
                same, // capturing
                same, // captured
                refused, // abandoned first
                same, // abandoned
                same, // abandoned, held
                same, // abandoned, taken
                same, // voided
                same), // refunded
            row(
                new RecordPending(PAYMENT, CHARGE),
                List.of(PENDING),
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same),
            row(
                new RecordAuthorisation(PAYMENT, CHARGE, AMOUNT),
                List.of(AUTHORISED),
                List.of(AUTHORISED),
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same),
            row(
                new RecordDecline(PAYMENT, "no-funds"),
                List.of(DECLINED),
                List.of(DECLINED),
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same,
                same),
            row(
                new RequestCapture(PAYMENT),
                refused,
                refused,
                List.of(CAPTURING),
                refused,
                same,
                same,
                refused,
                refused,
                refused,
                refused,
                refused,
                refused),
            row(
                new RecordCapture(PAYMENT, CHARGE, AMOUNT),
                List.of(AUTHORISED, CAPTURED),
                List.of(AUTHORISED, CAPTURED),
                List.of(CAPTURED),
                List.of(CAPTURED, unwanted("declined")),
                List.of(CAPTURED),
                same,
                List.of(CAPTURED, unwanted("abandoned")),
                List.of(CAPTURED, unwanted("abandoned")),
                List.of(CAPTURED, unwanted("abandoned")),
                same,
                List.of(CAPTURED, unwanted("voided")),
                same),
            row(
                new AbandonPayment(PAYMENT, ORDER, "cancelled"),
                abandoned,
                abandoned,
                abandoned,
                same,
                abandoned,
                abandoned,
                same,
                same,
                same,
                same,
                same,
                same),
            row(
                new RecordVoid(PAYMENT),
                voided,
                voided,
                voided,
                same,
                voided,
                refused,
                voided,
                voided,
                voided,
                refused,
                same,
                same),
            row(
                new RecordRefundTotal(PAYMENT, CHARGE, AMOUNT),
                refused,
                refused,
                refused,
                refused,
                refused,
                List.of(refunded(2500)),
                refused,
                refused,
                refused,
                List.of(refunded(2500)),
                refused,
                same))
        .flatMap(row -> row);
  }

  private static Stream<Arguments> row(PaymentCommand<PaymentStatus> command, Object... expected) {
    assertThat(expected).hasSameSizeAs(Given.values());
    return Arrays.stream(Given.values())
        .map(given -> Arguments.of(given, command, expected[given.ordinal()]));
  }

  /** The last event alone tells the status, as it does to projections. */
  private static PaymentStatus statusAfter(Object last) {
    return switch ((PaymentEvent) last) {
      case PaymentRequested _ -> PaymentStatus.REQUESTED;
      case PaymentPending _ -> PaymentStatus.PENDING;
      case PaymentAuthorised _ -> PaymentStatus.AUTHORISED;
      case PaymentDeclined _ -> PaymentStatus.DECLINED;
      case PaymentCaptureRequested _ -> PaymentStatus.CAPTURING;
      case PaymentCaptured _ -> PaymentStatus.CAPTURED;
      case PaymentAbandoned _ -> PaymentStatus.ABANDONED;
      case PaymentVoided _ -> PaymentStatus.VOIDED;
      case PaymentRefunded _ -> PaymentStatus.REFUNDED;
      case PaymentEvent.RefundRequested _, PaymentEvent.RefundFailed _ ->
          throw new IllegalArgumentException("Tells no status: " + last);
    };
  }

  /**
   * Goal: a snapshot loses nothing that a decision needs. Method: through JSON and back, field by
   * field.
   */
  @ParameterizedTest
  @EnumSource(Given.class)
  void survivesASnapshot(Given given) {
    var payment = new Payment();
    given.events.forEach(payment::on);
    var mapper =
        JsonMapper.builder()
            .changeDefaultVisibility(visibility -> visibility.withFieldVisibility(Visibility.ANY))
            .build();

    var restored = mapper.readValue(mapper.writeValueAsString(payment), Payment.class);

    assertThat(restored).usingRecursiveComparison().isEqualTo(payment);
  }

  private static void assertRefused(Given given, PaymentCommand<PaymentStatus> command) {
    var decision = decide(given.events, command);

    assertThat(decision.events()).isEmpty();
    assertThat(decision.result()).isInstanceOf(Result.Refused.class);
    var refused = (Result.Refused<PaymentStatus>) decision.result();
    assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_TRANSITION);
    assertThat(refused.facts()).containsEntry("status", given.status.text());
  }

  private static PaymentDecision<PaymentStatus> decide(
      List<PaymentEvent> events, PaymentCommand<PaymentStatus> command) {
    PaymentFacts facts = null;
    for (var event : events) {
      facts = PaymentRules.evolve(facts, event);
    }
    return PaymentRules.decide(facts, command);
  }

  private static RequestPayment request(Money amount) {
    return new RequestPayment(
        PAYMENT, ORDER, new CustomerId("buyer"), amount, "card", "tok_ok", "simulator");
  }

  private static PaymentAbandoned unwanted(String status) {
    return new PaymentAbandoned(PAYMENT, ORDER, "Captured after it was " + status);
  }

  private static PaymentRefunded refunded(long amount) {
    return new PaymentRefunded(PAYMENT, ORDER, CHARGE, eur(amount), null);
  }

  private static Result<PaymentStatus> refusal(String detail) {
    var status = detail.contains("abandoned") ? "abandoned" : "captured";
    return Result.refused(
        ErrorCode.INVALID_TRANSITION, detail, Map.of("status", status, "chargeId", CHARGE));
  }

  private static Money eur(long amount) {
    return new Money(amount, "EUR");
  }
}
