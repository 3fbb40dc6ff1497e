package dev.lastunit.process.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentEvent.RefundFailed;
import dev.lastunit.payment.api.PaymentEvent.RefundRequested;
import dev.lastunit.process.engine.Decisions;
import dev.lastunit.process.engine.ProcessJson;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.testing.DocumentedTables;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The refund process's table in {@code docs/processes.md}, and the pairs that no row names. */
class RefundDecisionsTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final PaymentId PAYMENT = PaymentId.of(ORDER);
  private static final RefundId REFUND = new RefundId("rfn-1");
  private static final Money AMOUNT = new Money(500, "EUR");
  private static final RefundRequested REQUESTED =
      new RefundRequested(PAYMENT, ORDER, REFUND, "ch", AMOUNT, "returned");

  private static final RefundProcess PROCESS = new RefundProcess(null, null);

  private static Map<String, Stimulus> stimuli() {
    Map<String, Stimulus> all = new LinkedHashMap<>();
    all.put("RefundRequested", new Happened(REQUESTED));
    all.put(
        "PaymentRefunded", new Happened(new PaymentRefunded(PAYMENT, ORDER, "ch", AMOUNT, REFUND)));
    all.put("RefundFailed", new Happened(new RefundFailed(PAYMENT, ORDER, REFUND, "no")));
    all.put("Refunded", new RefundProcess.Refunded());
    all.put("TimedOut", new TimedOut());
    all.put("GivenUp", new GivenUp());
    return all;
  }

  static Stream<Arguments> pairs() {
    Map<String, String> rows = new HashMap<>();
    for (List<String> row : DocumentedTables.rows("refund")) {
      rows.put(row.get(0) + " + " + row.get(1), row.get(2));
    }
    List<Arguments> pairs = new ArrayList<>();
    for (String step : List.of("(none)", "REFUNDING")) {
      for (String stimulus : stimuli().keySet()) {
        String expected = rows.remove(step + " + " + stimulus);
        pairs.add(Arguments.of(step, stimulus, expected == null ? "ignored" : expected));
      }
    }
    assertThat(rows).as("rows about pairs that do not exist").isEmpty();
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0} + {1} -> {2}")
  @MethodSource("pairs")
  void decides(String step, String stimulus, String expected) {
    RefundProcessState state = step.equals("REFUNDING") ? RefundProcessState.of(REQUESTED) : null;

    assertThat(Decisions.text(PROCESS.decide(state, stimuli().get(stimulus)))).isEqualTo(expected);
  }

  @Test
  void hasAnInstanceForEachRefundAndNoneForOtherEvents() {
    assertThat(PROCESS.instanceOf(REQUESTED)).isEqualTo("rfn-1");
    assertThat(PROCESS.isFirst(REQUESTED)).isTrue();
    assertThat(PROCESS.instanceOf(new RefundFailed(PAYMENT, ORDER, REFUND, "no"))).isNull();
  }

  @Test
  void isReadBackAsItWasWritten() {
    RefundProcessState state = RefundProcessState.of(REQUESTED);

    assertThat(ProcessJson.read(ProcessJson.write(state), RefundProcessState.class))
        .isEqualTo(state);
  }
}
