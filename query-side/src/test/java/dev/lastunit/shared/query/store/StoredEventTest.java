package dev.lastunit.shared.query.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredEventTest {

  private static StoredEvent returned(String revision) {
    return new StoredEvent(
        7,
        Instant.EPOCH,
        "stock-A",
        0,
        "inventory.UnitsReturned",
        revision,
        "{\"sku\":\"A\",\"reservationId\":\"res-1\",\"orderId\":\"ord-1\",\"allocations\":[],"
            + "\"reason\":\"cancelled\"}",
        "{}");
  }

  /** What was written by an earlier release is read for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void readsEveryRevisionUpToTodays(String revision) {
    UnitsReturned event = (UnitsReturned) returned(revision).event();

    assertThat(event.reason()).isEqualTo("cancelled");
    assertThat(event.returnId()).isNull();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"0", "3", "x", "", "-1"})
  void refusesARevisionThatItDoesNotKnow(String revision) {
    assertThatThrownBy(() -> returned(revision).event())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Position 7", "unknown revision");
  }

  @Test
  void namesStepsInWords() {
    assertThat(HistoryStep.words("inventory.UnitsReturned")).isEqualTo("Units returned");
    assertThat(HistoryStep.words("Odd")).isEqualTo("Odd");
  }
}
