package dev.lastunit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.bench.shop.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void helpTellsEveryDefault() {
    Options defaults = Options.parse(List.of());

    assertThat(defaults.clients()).containsExactly(1, 8, 32, 64);
    assertThat(defaults.workloads()).isEqualTo(Workload.ALWAYS);
    assertThat(defaults.rates()).containsExactly(new Options.Rate(70, true));
    assertThat(Options.HELP)
        .contains("--clients    1,8,32,64 ", "--rates      70% ", "--seconds    15 ");
  }

  @Test
  void smokeHasDefaultsOfItsOwnThatCanBeChanged() {
    Options smoke = Options.parse(List.of("--smoke", "--seconds", "3"));

    assertThat(smoke.clients()).containsExactly(16);
    assertThat(smoke.rates()).isEmpty();
    assertThat(smoke.measured()).hasSeconds(3);
  }

  @Test
  void rateIsOfItsOwnOrRelative() {
    assertThat(Options.Rate.parse("250").perSecond(1_000)).isEqualTo(250);
    assertThat(Options.Rate.parse("70%").perSecond(1_000)).isEqualTo(700);
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> Options.parse(List.of("--second", "3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--second");
    assertThatThrownBy(() -> Options.parse(List.of("--seconds")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Options.parse(List.of("--subjects", "pgbench")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
