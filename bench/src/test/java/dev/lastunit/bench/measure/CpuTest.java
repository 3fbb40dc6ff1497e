package dev.lastunit.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuTest {

  @Test
  void readsTimesBehindANameWithBlanksAndParentheses() {
    Cpu.Stat stat =
        Cpu.Stat.parse("77 (postgres: a (b) c) S 42 1 1 0 -1 0 10 20 30 40 150 50 300 100 20 0");

    assertThat(stat.parent()).isEqualTo(42);
    assertThat(stat.own()).isEqualTo(2.0);
    assertThat(stat.ended()).isEqualTo(4.0);
  }
}
