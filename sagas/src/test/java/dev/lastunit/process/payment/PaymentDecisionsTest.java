package dev.lastunit.process.payment;

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
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.Decisions;
import dev.lastunit.process.engine.ProcessJson;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.payment.PaymentOutcome.CaptureReported;
import dev.lastunit.process.payment.PaymentOutcome.DeclineReported;
import dev.lastunit.process.payment.PaymentOutcome.NothingFound;
import dev.lastunit.process.payment.PaymentOutcome.Reported;
import dev.lastunit.process.payment.PaymentOutcome.Unanswered;
import dev.lastunit.process.payment.PaymentOutcome.Undone;
import dev.lastunit.process.payment.PaymentProcessState.Seen;
import dev.lastunit.process.payment.PaymentProcessState.Step;
import dev.lastunit.process.payment.PaymentProvider.ChargeStatus;
import dev.lastunit.process.testing.DocumentedTables;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The payment process's tables in {@code docs/processes.md}, row by row and the pairs that no row
 * names: every step meets every stimulus.
 */
class PaymentDecisionsTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final Money AMOUNT = new Money(500, "EUR");

  private static final PaymentProcess PROCESS = new PaymentProcess(null, PaymentPolicy.defaults());

  private static final PaymentRequested REQUESTED =
      new PaymentRequested(
          PAYMENT, ORDER, new CustomerId("buyer"), AMOUNT, "card", "tok_ok", "simulator");

  private static Map<String, Stimulus> stimuli() {
    Map<String, Stimulus> all = new LinkedHashMap<>();
    happened(all, REQUESTED);
    happened(all, new PaymentPending(PAYMENT, ORDER, "ch"));
    happened(all, new PaymentAuthorised(PAYMENT, ORDER, "ch", AMOUNT));
    happened(all, new PaymentDeclined(PAYMENT, ORDER, "no"));
    happened(all, new PaymentCaptureRequested(PAYMENT, ORDER));
    happened(all, new PaymentCaptured(PAYMENT, ORDER, "ch", AMOUNT));
    happened(all, new PaymentAbandoned(PAYMENT, ORDER, "no"));
    happened(all, new PaymentVoided(PAYMENT, ORDER));
    happened(all, new PaymentRefunded(PAYMENT, ORDER, "ch", AMOUNT, null));
    all.put("TimedOut", new TimedOut());
    all.put("GivenUp", new GivenUp());
    for (ChargeStatus charge : ChargeStatus.values()) {
      for (PaymentStatus status : PaymentStatus.values()) {
        all.put("Reported " + charge + " " + status, new Reported(charge, "ch", status));
      }
    }
    all.put("Unanswered silent", new Unanswered(false));
    all.put("Unanswered fault", new Unanswered(true));
    all.put("NothingFound", new NothingFound());
    for (PaymentStatus status : PaymentStatus.values()) {
      all.put("DeclineReported " + status, new DeclineReported(status));
      all.put("CaptureReported " + status, new CaptureReported(status));
    }
    all.put("Undone found", new Undone(true));
    all.put("Undone nothing", new Undone(false));
    return all;
  }

  private static void happened(Map<String, Stimulus> all, Event event) {
    all.put(event.getClass().getSimpleName(), new Happened(event));
  }

  private static final List<String> NOTED =
      List.of(
          "PaymentAuthorised",
          "PaymentDeclined",
          "PaymentCaptureRequested",
          "PaymentCaptured",
          "PaymentAbandoned",
          "PaymentVoided",
          "PaymentRefunded");

  private static PaymentProcessState state(Step step) {
    return PaymentProcessState.requested(REQUESTED).at(step);
  }

  static Stream<Arguments> pairs() {
    Map<String, String> rows = new HashMap<>();
    for (List<String> row : DocumentedTables.rows("payment")) {
      rows.put(row.get(0) + " + " + row.get(1), row.get(2));
    }
    assertThat(rows).hasSizeGreaterThan(40);
    for (List<String> row : DocumentedTables.rows("reports")) {
      for (String status : row.get(1).split(", *")) {
        for (Step step : List.of(Step.AUTHORISING, Step.ASKING, Step.POLLING)) {
          String wait = step == Step.POLLING ? "after PT10S PENDING" : "after PT5S PENDING";
          rows.put(
              step + " + Reported " + row.get(0) + " " + status,
              row.get(2).equals("PENDING") ? wait : row.get(2));
        }
      }
    }
    List<Arguments> pairs = new ArrayList<>();
    List<Step> steps = new ArrayList<>(List.of(Step.values()));
    steps.addFirst(null);
    for (Step step : steps) {
      for (String stimulus : stimuli().keySet()) {
        String name = (step == null ? "(none)" : step.name()) + " + " + stimulus;
        String expected = rows.remove(name);
        if (expected == null) {
          expected =
              step != null && step.isActive() && NOTED.contains(stimulus)
                  ? "note " + step
                  : "ignored";
        }
        pairs.add(Arguments.of(name, step, stimulus, expected));
      }
    }
    assertThat(rows).as("rows about pairs that do not exist").isEmpty();
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0} -> {3}")
  @MethodSource("pairs")
  void decides(String name, Step step, String stimulus, String expected) {
    Decision<PaymentProcessState> decision =
        PROCESS.decide(step == null ? null : state(step), stimuli().get(stimulus));

    assertThat(Decisions.text(decision)).isEqualTo(expected);
  }

  /** What was noted while an effect was under way counts with its outcome. */
  @ParameterizedTest(name = "{0} saw {1} + {2} -> {3}")
  @CsvSource({
    "AUTHORISING, ABANDONED, Reported AUTHORISED AUTHORISED, run UNDOING",
    "AUTHORISING, ABANDONED, Reported PENDING PENDING, run UNDOING",
    "AUTHORISING, ABANDONED, Reported DECLINED DECLINED, run UNDOING",
    "AUTHORISING, ABANDONED, Reported CAPTURED CAPTURED, run UNDOING",
    "ASKING, ABANDONED, Reported CAPTURED CAPTURED, run UNDOING",
    "POLLING, ABANDONED, Reported AUTHORISED CAPTURED, run UNDOING",
    "AUTHORISING, ABANDONED, Unanswered silent, run UNDOING",
    "AUTHORISING, AUTHORISED, Unanswered silent, await AUTHORISED",
    "AUTHORISING, CAPTURE_REQUESTED, Reported AUTHORISED AUTHORISED, run CAPTURING",
    "AUTHORISING, AUTHORISED, Reported PENDING PENDING, await AUTHORISED",
    "AUTHORISING, DECLINED, Reported PENDING PENDING, end declined",
    "AUTHORISING, CAPTURED, Reported AUTHORISED AUTHORISED, end captured",
    "AUTHORISING, GIVEN_BACK, Reported AUTHORISED AUTHORISED, end given-back",
    "ASKING, ABANDONED, NothingFound, run UNDOING",
    "ASKING, AUTHORISED, NothingFound, await AUTHORISED",
    "POLLING, DECLINED, NothingFound, end declined",
    "CAPTURING, ABANDONED, CaptureReported CAPTURED, run UNDOING",
    "DECLINING, ABANDONED, DeclineReported DECLINED, run UNDOING",
    "DECLINING, ABANDONED, DeclineReported CAPTURED, run UNDOING",
    "UNDOING, GIVEN_BACK, Undone found, end given-back",
  })
  void countsWhatWasNoted(Step step, Seen seen, String stimulus, String expected) {
    Decision<PaymentProcessState> decision =
        PROCESS.decide(state(step).with(seen), stimuli().get(stimulus));

    assertThat(Decisions.text(decision)).isEqualTo(expected);
  }

  /** What was sent before the node forgot it is found by its reference, else sent for once. */
  @Test
  void asksFirstWhenItPerhapsHadThePaymentBefore() {
    Decision<PaymentProcessState> begun = PROCESS.decide(null, new Happened(REQUESTED, true));
    assertThat(Decisions.text(begun)).isEqualTo("run ASKING");

    PaymentProcessState asking = ((Decision.Moved<PaymentProcessState>) begun).state();
    assertThat(Decisions.text(PROCESS.decide(asking, new NothingFound()))).endsWith("AUTHORISING");
  }

  @Test
  void asksASilentProviderFourTimesAndThenDeclines() {
    List<String> decisions = new ArrayList<>();
    PaymentProcessState state = state(Step.ASKING);
    while (state.at() == Step.ASKING) {
      Decision<PaymentProcessState> decision = PROCESS.decide(state, new NothingFound());
      decisions.add(Decisions.text(decision));
      state = ((Decision.Moved<PaymentProcessState>) decision).state();
    }

    assertThat(decisions)
        .containsExactly(
            "after PT0.5S ASKING", "after PT1S ASKING", "after PT2S ASKING", "run DECLINING");
    assertThat(state.declineCode()).isEqualTo("provider-timeout");
  }

  @Test
  void sendsAgainOnlyAfterAFaultAndOnlySoOften() {
    PaymentProcessState state = state(Step.AUTHORISING);
    int posts = 1;
    while (state.at() != Step.DECLINING) {
      state = moved(PROCESS.decide(state, new Unanswered(true)));
      assertThat(state.at()).isEqualTo(Step.ASKING);
      state = moved(PROCESS.decide(state, new NothingFound()));
      posts += state.at() == Step.AUTHORISING ? 1 : 0;
    }

    assertThat(posts).isEqualTo(9);
    assertThat(state.declineCode()).isEqualTo("provider-unavailable");
  }

  @Test
  void neverSendsAgainOnceARequestWentUnanswered() {
    PaymentProcessState asking =
        moved(PROCESS.decide(state(Step.AUTHORISING), new Unanswered(true)));
    PaymentProcessState again = moved(PROCESS.decide(asking, new NothingFound()));
    PaymentProcessState silent = moved(PROCESS.decide(again, new Unanswered(false)));

    assertThat(Decisions.text(PROCESS.decide(silent, new NothingFound())))
        .isEqualTo("after PT0.5S ASKING");
  }

  @Test
  void looksTwiceForAChargeThatTurnsUpLate() {
    PaymentProcessState first = moved(PROCESS.decide(state(Step.UNDOING), new Undone(false)));
    PaymentProcessState second = moved(PROCESS.decide(first, new TimedOut()));
    Decision<PaymentProcessState> then = PROCESS.decide(second, new Undone(false));

    assertThat(Decisions.text(then)).isEqualTo("after PT10M WATCHING");
    PaymentProcessState last = moved(PROCESS.decide(moved(then), new TimedOut()));
    assertThat(Decisions.text(PROCESS.decide(last, new Undone(false))))
        .isEqualTo("end nothing-held");
  }

  private static PaymentProcessState moved(Decision<PaymentProcessState> decision) {
    return ((Decision.Moved<PaymentProcessState>) decision).state();
  }

  @Test
  void isReadBackAsItWasWrittenAndHidesItsToken() {
    for (Step step : Step.values()) {
      PaymentProcessState state = state(step).with(Seen.ABANDONED).charge("ch").postedAgain();

      assertThat(ProcessJson.read(ProcessJson.write(state), PaymentProcessState.class))
          .isEqualTo(state);
      assertThat(state.toString()).doesNotContain("tok_ok");
    }
  }
}
