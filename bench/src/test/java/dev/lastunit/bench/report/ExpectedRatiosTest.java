package dev.lastunit.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectedRatiosTest {

  private static final ExpectedRatios EXPECTED =
      new ExpectedRatios(List.of(new ExpectedRatios.Expected("hot", 16, 0.5)));

  @Test
  void holdsAtHalfOfWhatIsExpected() {
    assertThat(EXPECTED.check(measured(16, 25))).singleElement().matches(Check::ok);
  }

  @Test
  void failsBelowHalf() {
    assertThat(EXPECTED.check(measured(16, 24.9))).singleElement().matches(check -> !check.ok());
  }

  @Test
  void failsWhenTheRatioWasNotMeasured() {
    assertThat(EXPECTED.check(measured(8, 100))).singleElement().matches(check -> !check.ok());
    assertThat(EXPECTED.check(Ratio.of(List.of(Samples.closed(Subject.SERVICE, "hot", 16, 100)))))
        .singleElement()
        .matches(check -> !check.ok());
  }

  @Test
  void ourFileSaysWhatTheSmokeRunMeasures() throws Exception {
    assertThat(ExpectedRatios.read(Path.of("expected-ratios.json")).ratios())
        .extracting(ExpectedRatios.Expected::workload)
        .containsExactly("orders", "hot");
  }

  private static List<Ratio> measured(int clients, double service) {
    return Ratio.of(
        List.of(
            Samples.closed(Subject.SERVICE, "hot", clients, service),
            Samples.closed(Subject.CLASSIC, "orders", clients, 1),
            Samples.closed(Subject.CLASSIC, "hot", clients + 1, 1),
            Samples.closed(Subject.CLASSIC, "hot", clients, 100)));
  }
}
