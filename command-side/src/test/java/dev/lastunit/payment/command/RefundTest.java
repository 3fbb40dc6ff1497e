package dev.lastunit.payment.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.RecordRefund;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundFailure;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentCommand.RequestRefund;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.payment.api.PaymentEvent.PaymentAbandoned;
import dev.lastunit.payment.api.PaymentEvent.PaymentAuthorised;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptureRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentCaptured;
import dev.lastunit.payment.api.PaymentEvent.PaymentDeclined;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.PaymentRequested;
import dev.lastunit.payment.api.PaymentEvent.PaymentVoided;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.payment.api.RefundStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Money goes back in parts: each once, and never more than was taken. */
class RefundTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final String CHARGE = "ch-1";
  private static final RefundId FIRST = new RefundId("rfn-1");
  private static final RefundId SECOND = new RefundId("rfn-2");

  private static final PaymentRequested REQUESTED =
      new PaymentRequested(
          PAYMENT, ORDER, new CustomerId("buyer"), eur(2500), "card", "tok_ok", "simulator");
  private static final PaymentAuthorised AUTHORISED =
      new PaymentAuthorised(PAYMENT, ORDER, CHARGE, eur(2500));
  private static final PaymentCaptureRequested CAPTURING =
      new PaymentCaptureRequested(PAYMENT, ORDER);
  private static final PaymentCaptured CAPTURED =
      new PaymentCaptured(PAYMENT, ORDER, CHARGE, eur(2500));
  private static final PaymentAbandoned ABANDONED =
      new PaymentAbandoned(PAYMENT, ORDER, "cancelled");

  private AggregateTestFixture<Payment> fixture;

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(Payment.class);
  }

  // Asking for a refund

  @ParameterizedTest
  @ValueSource(longs = {1, 1000, 2500})
  void asksForAPartOrForAll(long amount) {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED)
        .when(request(FIRST, amount))
        .expectEvents(asked(FIRST, amount))
        .expectResultMessagePayload(Result.accepted(RefundStatus.REQUESTED));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 2501})
  void asksForNoLessThanOneUnitAndNoMoreThanWasTaken(long amount) {
    assertRefused(List.of(REQUESTED, AUTHORISED, CAPTURED), request(FIRST, amount), "captured");
  }

  @Test
  void asksInTheCurrencyThatWasTakenOnly() {
    assertRefused(
        List.of(REQUESTED, AUTHORISED, CAPTURED),
        new RequestRefund(PAYMENT, FIRST, new Money(1, "GBP"), "returned"),
        "captured");
  }

  @Test
  void leavesToTheNextRefundWhatTheFirstDidNotAskFor() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000))
        .when(request(SECOND, 1500))
        .expectEvents(asked(SECOND, 1500));
  }

  @Test
  void asksForNoMoreThanTheOutstandingRefundsLeave() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000))
        .when(request(SECOND, 1501))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(
                ErrorCode.INVALID_TRANSITION,
                "Only 1500 minor units are left to be given back",
                Map.of("left", 1500L, "status", "captured", "chargeId", CHARGE)));
  }

  @Test
  void countsARefundThatFailedAsOutstanding() {
    assertRefused(
        List.of(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), failed(FIRST)),
        request(SECOND, 1501),
        "captured");
  }

  @Test
  void countsAMadeRefundOnce() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), refunded(FIRST, 1000))
        .when(request(SECOND, 1500))
        .expectEvents(asked(SECOND, 1500));
  }

  @Test
  void answersARepeatWithHowFarTheRefundIs() {
    var history = new ArrayList<PaymentEvent>(List.of(REQUESTED, AUTHORISED, CAPTURED));
    history.add(asked(FIRST, 1000));
    assertRepeated(history, RefundStatus.REQUESTED);
    history.add(failed(FIRST));
    assertRepeated(history, RefundStatus.FAILED);
    history.add(refunded(FIRST, 1000));
    assertRepeated(history, RefundStatus.REFUNDED);
    history.add(ABANDONED);
    assertRepeated(history, RefundStatus.REFUNDED);
  }

  private void assertRepeated(List<PaymentEvent> history, RefundStatus status) {
    new AggregateTestFixture<>(Payment.class)
        .given(history)
        .when(request(FIRST, 1000))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(status));
  }

  @Test
  void refusesTheSameRefundWithAnotherAmount() {
    assertRefused(
        List.of(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000)),
        request(FIRST, 999),
        "captured");
  }

  static Stream<Arguments> notTaken() {
    return Stream.of(
        Arguments.of(List.of(REQUESTED), "requested"),
        Arguments.of(List.of(REQUESTED, AUTHORISED), "authorised"),
        Arguments.of(List.of(REQUESTED, AUTHORISED, CAPTURING), "capturing"),
        Arguments.of(List.of(REQUESTED, new PaymentDeclined(PAYMENT, ORDER, "no")), "declined"),
        Arguments.of(List.of(ABANDONED), "abandoned"),
        Arguments.of(List.of(REQUESTED, AUTHORISED, CAPTURED, ABANDONED), "abandoned"),
        Arguments.of(List.of(REQUESTED, ABANDONED, new PaymentVoided(PAYMENT, ORDER)), "voided"),
        Arguments.of(List.of(REQUESTED, AUTHORISED, CAPTURED, refunded(null, 2500)), "refunded"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("notTaken")
  void refundsOnlyWhatIsTakenAndWanted(List<PaymentEvent> history, String status) {
    assertRefused(history, request(FIRST, 1), status);
  }

  // What the provider says of it

  @Test
  void recordsWhatTheProviderGaveBack() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000))
        .when(new RecordRefund(PAYMENT, CHARGE, FIRST, eur(1000)))
        .expectEvents(refunded(FIRST, 1000))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.CAPTURED));
  }

  @Test
  void isRefundedOnceEverythingIsBack() {
    fixture
        .given(
            REQUESTED,
            AUTHORISED,
            CAPTURED,
            asked(FIRST, 1000),
            refunded(FIRST, 1000),
            asked(SECOND, 1500))
        .when(new RecordRefund(PAYMENT, CHARGE, SECOND, eur(1500)))
        .expectEvents(refunded(SECOND, 1500))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.REFUNDED));
  }

  @Test
  void recordsARefundOnce() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), refunded(FIRST, 1000))
        .when(new RecordRefund(PAYMENT, CHARGE, FIRST, eur(1000)))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(PaymentStatus.CAPTURED));
  }

  @Test
  void recordsRefundsInAnyOrder() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), asked(SECOND, 1500))
        .when(new RecordRefund(PAYMENT, CHARGE, SECOND, eur(1500)))
        .expectEvents(refunded(SECOND, 1500));
  }

  @Test
  void recordsARefundThatFailedAtFirst() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), failed(FIRST))
        .when(new RecordRefund(PAYMENT, CHARGE, FIRST, eur(1000)))
        .expectEvents(refunded(FIRST, 1000));
  }

  @Test
  void recordsNoRefundThatNobodyAskedForNorAnotherAmountNorAnotherCharge() {
    var history = List.<PaymentEvent>of(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000));

    assertRefused(history, new RecordRefund(PAYMENT, CHARGE, SECOND, eur(1000)), "captured");
    assertRefused(history, new RecordRefund(PAYMENT, CHARGE, FIRST, eur(999)), "captured");
    assertRefused(
        history, new RecordRefund(PAYMENT, CHARGE, FIRST, new Money(1000, "GBP")), "captured");
    assertRefused(history, new RecordRefund(PAYMENT, "ch-2", FIRST, eur(1000)), "captured");
  }

  @Test
  void recordsThatTheProviderRefused() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000))
        .when(new RecordRefundFailure(PAYMENT, FIRST, "closed"))
        .expectEvents(failed(FIRST))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.CAPTURED));
  }

  @Test
  void recordsARefusalOnceAndNeverAfterTheMoneyIsBack() {
    for (var last : List.of(failed(FIRST), refunded(FIRST, 1000))) {
      new AggregateTestFixture<>(Payment.class)
          .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), last)
          .when(new RecordRefundFailure(PAYMENT, FIRST, "closed"))
          .expectNoEvents()
          .expectResultMessagePayload(Result.repeated(PaymentStatus.CAPTURED));
    }
    assertRefused(
        List.of(REQUESTED, AUTHORISED, CAPTURED),
        new RecordRefundFailure(PAYMENT, FIRST, "closed"),
        "captured");
  }

  // What it gave back in all

  @Test
  void takesWhatSomebodyElseGaveBackForARefundWithoutIdentifier() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), refunded(FIRST, 1000))
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(1200)))
        .expectEvents(refunded(null, 200))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.CAPTURED));
  }

  @Test
  void learnsNothingFromASumThatIsOldOrKnown() {
    for (long total : new long[] {1, 999, 1000}) {
      new AggregateTestFixture<>(Payment.class)
          .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), refunded(FIRST, 1000))
          .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(total)))
          .expectNoEvents()
          .expectResultMessagePayload(Result.repeated(PaymentStatus.CAPTURED));
    }
  }

  /** Which of the two it contains nobody can tell. */
  @Test
  void waitsForTheRefundsOwnReportWhileRefundsAreOutstanding() {
    fixture
        .given(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 1000), asked(SECOND, 1000))
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(1000)))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(PaymentStatus.CAPTURED));
  }

  @Test
  void knowsThatEveryRefundIsBackWhenEverythingIs() {
    fixture
        .given(
            REQUESTED,
            AUTHORISED,
            CAPTURED,
            asked(FIRST, 1000),
            failed(FIRST),
            asked(SECOND, 500),
            ABANDONED)
        .when(new RecordRefundTotal(PAYMENT, CHARGE, eur(2500)))
        .expectEvents(refunded(FIRST, 1000), refunded(SECOND, 500), refunded(null, 1000))
        .expectResultMessagePayload(Result.accepted(PaymentStatus.REFUNDED));
  }

  @Test
  void isNotVoidAsLongAsAPartIsKept() {
    assertRefused(
        List.of(REQUESTED, AUTHORISED, CAPTURED, asked(FIRST, 2499), refunded(FIRST, 2499)),
        new RecordVoid(PAYMENT),
        "captured");
  }

  // Together

  /**
   * Goal: whatever comes, in any order and as often as it likes, what is given back is what the
   * refunds say and never more than was taken. Method: random commands, seeds fixed.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverGivesBackMoreThanWasTaken(int seed) {
    var random = new Random(seed);
    PaymentFacts facts = null;
    for (var event : List.of(REQUESTED, AUTHORISED, CAPTURED)) {
      facts = PaymentRules.evolve(facts, event);
    }
    for (int step = 0; step < 500; step++) {
      var id = new RefundId("rfn-" + random.nextInt(6));
      long amount = 1 + random.nextInt(700);
      var known = facts.refund(id);
      List<PaymentEvent> events =
          switch (random.nextInt(4)) {
            case 0 -> RefundRules.request(facts, request(id, amount)).events();
            case 1 ->
                RefundRules.refunded(
                        facts,
                        new RecordRefund(
                            PAYMENT, CHARGE, id, eur(known == null ? amount : known.amount())))
                    .events();
            case 2 ->
                RefundRules.failed(facts, new RecordRefundFailure(PAYMENT, id, "no")).events();
            default ->
                RefundRules.total(facts, new RecordRefundTotal(PAYMENT, CHARGE, eur(amount * 3)))
                    .events();
          };
      for (var event : events) {
        facts = PaymentRules.evolve(facts, event);
      }
      long named =
          facts.refunds().stream()
              .filter(refund -> !refund.outstanding())
              .mapToLong(PaymentFacts.Refund::amount)
              .sum();
      long outstanding =
          facts.refunds().stream()
              .filter(PaymentFacts.Refund::outstanding)
              .mapToLong(PaymentFacts.Refund::amount)
              .sum();
      assertThat(facts.kept()).isBetween(0L, 2500L);
      assertThat(named).isLessThanOrEqualTo(facts.refundedAmount());
      assertThat(outstanding).isLessThanOrEqualTo(facts.kept());
      assertThat(facts.status() == PaymentStatus.REFUNDED).isEqualTo(facts.kept() == 0);
    }
  }

  @Test
  void survivesASnapshot() {
    var payment = new Payment();
    Stream.of(
            REQUESTED,
            AUTHORISED,
            CAPTURED,
            asked(FIRST, 1000),
            failed(FIRST),
            asked(SECOND, 500),
            refunded(SECOND, 500))
        .forEach(payment::on);
    var mapper =
        JsonMapper.builder()
            .changeDefaultVisibility(visibility -> visibility.withFieldVisibility(Visibility.ANY))
            .build();

    var restored = mapper.readValue(mapper.writeValueAsString(payment), Payment.class);

    assertThat(restored).usingRecursiveComparison().isEqualTo(payment);
  }

  private static void assertRefused(
      List<PaymentEvent> history, PaymentCommand<?> command, String status) {
    new AggregateTestFixture<>(Payment.class)
        .given(history)
        .when(command)
        .expectNoEvents()
        .expectResultMessagePayloadMatching(
            org.hamcrest.Matchers.<Object>allOf(
                org.hamcrest.Matchers.instanceOf(Result.Refused.class),
                org.hamcrest.Matchers.hasToString(
                    org.hamcrest.Matchers.containsString("INVALID_TRANSITION")),
                org.hamcrest.Matchers.hasToString(
                    org.hamcrest.Matchers.containsString("status=" + status))));
  }

  private static RequestRefund request(RefundId id, long amount) {
    return new RequestRefund(PAYMENT, id, eur(amount), "returned");
  }

  private static RefundRequested asked(RefundId id, long amount) {
    return new RefundRequested(PAYMENT, ORDER, id, CHARGE, eur(amount), "returned");
  }

  private static PaymentRefunded refunded(RefundId id, long amount) {
    return new PaymentRefunded(PAYMENT, ORDER, CHARGE, eur(amount), id);
  }

  private static RefundFailed failed(RefundId id) {
    return new RefundFailed(PAYMENT, ORDER, id, "closed");
  }

  private static Money eur(long amount) {
    return new Money(amount, "EUR");
  }
}
