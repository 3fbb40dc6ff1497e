package dev.lastunit.ordering.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The preference is read as the standard says, and bounded. */
class WaitPreferenceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wait=0|0",
        "wait=30|30",
        "wait=31|30",
        "wait=999999999|30",
        "Wait = 5|5",
        "wait=\"7\"|7",
        "respond-async, wait=10|10",
        "wait=3;foo=bar|3",
        "wait=1, wait=9|1",
        "wait=x, wait=9|9"
      })
  void reads(String header, long seconds) {
    assertThat(WaitPreference.of(List.of(header))).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wait", "wait=", "wait=-1", "wait=1.5", "wait=1s", "awaits=3"})
  void ignoresWhatItCannotRead(String header) {
    assertThat(WaitPreference.of(List.of(header))).isEqualTo(Optional.empty());
  }

  @Test
  void readsSeveralHeaders() {
    assertThat(WaitPreference.of(List.of("respond-async", "wait=4")))
        .contains(Duration.ofSeconds(4));
  }
}
