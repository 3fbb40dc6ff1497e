package dev.lastunit.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatencyTest {

  @Test
  void nothingMeasuredIsNotZero() throws Exception {
    Latency latency = Latency.of(new Histogram(3));

    assertThat(latency.p50()).isNull();
    assertThat(latency.max()).isNull();
    assertThat(latency.decode().getTotalCount()).isZero();
  }
}
