package dev.lastunit.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DelaysTest {

  private static final String BEFORE =
      """
      # TYPE lastunit_projection_delay_seconds histogram
      lastunit_projection_delay_seconds_bucket{handler="a.fast",le="0.01"} 10
      lastunit_projection_delay_seconds_bucket{handler="a.fast",le="+Inf"} 10
      lastunit_projection_delay_seconds_count{handler="a.fast"} 10
      """;

  private static final String AFTER =
      """
      lastunit_projection_delay_seconds_bucket{handler="a.fast",le="0.01"} 210
      lastunit_projection_delay_seconds_bucket{handler="a.fast",le="+Inf"} 210
      lastunit_projection_delay_seconds_bucket{handler="a.slow",le="0.01"} 0
      lastunit_projection_delay_seconds_bucket{handler="a.slow",le="0.1"} 100.0
      lastunit_projection_delay_seconds_bucket{handler="a.slow",le="+Inf"} 100.0
      lastunit_projection_delay_seconds_bucket{handler="process.expiry",le="0.01"} 0
      lastunit_projection_delay_seconds_bucket{handler="process.expiry",le="+Inf"} 1000
      """;

  @Test
  void tellsTheSlowestReadModelOfWhatCameSince() {
    Double p99 = Delays.parse(AFTER).p99MillisSince(Delays.parse(BEFORE));

    assertThat(p99).isCloseTo(10 + 0.99 * 90, within(0.001));
  }

  @Test
  void tellsNothingWhereNothingCame() {
    assertThat(Delays.parse(BEFORE).p99MillisSince(Delays.parse(BEFORE))).isNull();
    assertThat(Delays.parse("").p99MillisSince(Delays.parse(""))).isNull();
  }

  @Test
  void knowsOnlyTheBeginningOfTheLastBucket() {
    Delays late =
        Delays.parse(
            """
            lastunit_projection_delay_seconds_bucket{handler="a",le="0.5"} 1
            lastunit_projection_delay_seconds_bucket{handler="a",le="+Inf"} 3
            """);

    assertThat(late.p99MillisSince(Delays.parse(""))).isEqualTo(500);
  }
}
