package dev.lastunit.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void arrivalsDoNotDriftFromTheirRate() {
    Pace pace = new Pace.Open(300, 1);

    assertThat(pace.due(0, 1_000)).isEqualTo(1_000);
    assertThat(pace.due(1, 1_000)).isEqualTo(1_000 + 3_333_333);
    assertThat(pace.due(300_000, 1_000)).isEqualTo(1_000 + 1_000_000_000_000L);
  }
}
