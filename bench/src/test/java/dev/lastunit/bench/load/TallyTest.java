package dev.lastunit.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A measured time from 1,000 to 2,000 ns. */
class TallyTest {

  private static final Reply GOOD = Reply.of(201, true);

  private final Tally tally = new Tally(1_000, 2_000);

  @Test
  void requestBegunBeforeCountsForTheRateOnly() {
    tally.record(GOOD, 900, 1_500);

    assertThat(tally.answered()).isEqualTo(1);
    assertThat(tally.due()).isZero();
    assertThat(tally.latency().getTotalCount()).isZero();
  }

  @Test
  void requestAnsweredAfterwardsCountsForTheLatencyOnly() {
    tally.record(GOOD, 1_999, 2_500);

    assertThat(tally.answered()).isZero();
    assertThat(tally.latency().getMaxValue()).isEqualTo(501);
  }

  @Test
  void timesAreHalfOpen() {
    tally.record(GOOD, 1_000, 2_000);

    assertThat(tally.due()).isEqualTo(1);
    assertThat(tally.answered()).isZero();
  }

  @Test
  void requestDueInTheWarmUpAndNeverSentIsNothing() {
    tally.recordUnsent(999);
    tally.recordUnsent(1_200);

    assertThat(tally.unsent()).isEqualTo(1);
    assertThat(tally.latency().getMaxValue()).isEqualTo(800);
  }

  @Test
  void mergedIsAsIfOneHadCountedAll() {
    Tally one = new Tally(1_000, 2_000);
    Tally other = new Tally(1_000, 2_000);
    Tally whole = new Tally(1_000, 2_000);
    for (int i = 0; i < 100; i++) {
      Reply reply = i % 10 == 0 ? Reply.of(503, false) : GOOD;
      (i % 3 == 0 ? one : other).record(reply, 1_000 + i, 1_001 + 5 * i);
      whole.record(reply, 1_000 + i, 1_001 + 5 * i);
    }

    one.add(other);

    assertThat(one.latency()).isEqualTo(whole.latency());
    assertThat(one.statuses()).isEqualTo(whole.statuses()).isEqualTo(Map.of(201, 90L, 503, 10L));
    assertThat(one.answered()).isEqualTo(whole.answered()).isEqualTo(90);
    assertThat(one.due()).isEqualTo(100);
  }
}
