package dev.lastunit.process.returns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.Decisions;
import dev.lastunit.process.engine.ProcessJson;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.returns.ReturnState.Step;
import dev.lastunit.process.testing.DocumentedTables;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.Sku;
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

/** The return process's table in {@code docs/processes.md}, and the pairs that no row names. */
class ReturnDecisionsTest {

  private static final OrderId ORDER = new OrderId("ord-1");
  private static final ReturnId RETURN = ReturnId.of(ORDER, "1");
  private static final Money AMOUNT = new Money(500, "EUR");
  private static final ReturnAccepted ACCEPTED =
      new ReturnAccepted(
          ORDER,
          RETURN,
          List.of(
              new ReturnedLine(
                  new Sku("A"), 1, AMOUNT, List.of(new Allocation(new LocationId("north"), 1)))),
          AMOUNT,
          true,
          null);
  private static final PaymentRefunded REFUNDED =
      new PaymentRefunded(PaymentId.of(ORDER), ORDER, "ch", AMOUNT, RefundId.of(RETURN));

  private static final ReturnProcess PROCESS = new ReturnProcess(null);

  private static Map<String, Stimulus> stimuli() {
    Map<String, Stimulus> all = new LinkedHashMap<>();
    all.put("ReturnAccepted", new Happened(ACCEPTED));
    all.put("PaymentRefunded", new Happened(REFUNDED));
    all.put("Settled", new ReturnProcess.Settlement.Settled(false));
    all.put("Settled refunded", new ReturnProcess.Settlement.Settled(true));
    all.put("NotYetTaken", new ReturnProcess.Settlement.NotYetTaken());
    all.put("Completed", new ReturnProcess.Settlement.Completed());
    all.put("TimedOut", new TimedOut());
    all.put("GivenUp", new GivenUp());
    return all;
  }

  static Stream<Arguments> pairs() {
    Map<String, String> rows = new HashMap<>();
    for (List<String> row : DocumentedTables.rows("return")) {
      rows.put(row.get(0) + " + " + row.get(1), row.get(2));
    }
    List<Arguments> pairs = new ArrayList<>();
    List<Step> steps = new ArrayList<>(List.of(Step.values()));
    steps.addFirst(null);
    for (Step step : steps) {
      for (String stimulus : stimuli().keySet()) {
        String name = (step == null ? "(none)" : step.name()) + " + " + stimulus;
        String expected = rows.remove(name);
        pairs.add(Arguments.of(name, step, stimulus, expected == null ? "ignored" : expected));
      }
    }
    assertThat(rows).as("rows about pairs that do not exist").isEmpty();
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0} -> {3}")
  @MethodSource("pairs")
  void decides(String name, Step step, String stimulus, String expected) {
    ReturnState state = step == null ? null : ReturnState.of(ACCEPTED).at(step);

    assertThat(Decisions.text(PROCESS.decide(state, stimuli().get(stimulus)))).isEqualTo(expected);
  }

  @Test
  void countsAMoneyThatCameBackWhileItWasAskedFor() {
    Decision<ReturnState> noted = PROCESS.decide(ReturnState.of(ACCEPTED), new Happened(REFUNDED));

    assertThat(
            Decisions.text(
                PROCESS.decide(
                    ((Decision.Moved<ReturnState>) noted).state(),
                    new ReturnProcess.Settlement.Settled(false))))
        .isEqualTo("run COMPLETING");
  }

  @Test
  void isNamedAfterItsRefund() {
    assertThat(PROCESS.instanceOf(ACCEPTED)).isEqualTo(PROCESS.instanceOf(REFUNDED));
    assertThat(PROCESS.isFirst(ACCEPTED)).isTrue();
    assertThat(
            PROCESS.instanceOf(new PaymentRefunded(PaymentId.of(ORDER), ORDER, "ch", AMOUNT, null)))
        .isNull();
  }

  @Test
  void isReadBackAsItWasWritten() {
    ReturnState state = ReturnState.of(ACCEPTED).moneyIsBack().at(Step.COMPLETING);

    assertThat(ProcessJson.read(ProcessJson.write(state), ReturnState.class)).isEqualTo(state);
  }
}
