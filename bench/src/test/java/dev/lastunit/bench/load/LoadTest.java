package dev.lastunit.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The loops against a target that answers, stalls or breaks at will. On a busy machine requests go
 * out late, and the last ones not at all; what is asserted holds then too.
 */
class LoadTest {

  private static final Timing TIMING = new Timing(Duration.ofMillis(100), Duration.ofMillis(1_000));

  private static final Probe NO_PROBE =
      new Probe() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
      };

  private interface Answering {
    Reply to(long number) throws IOException, InterruptedException;
  }

  private final AtomicInteger connected = new AtomicInteger();

  private Target target(Answering answering) {
    return () -> {
      connected.incrementAndGet();
      return new Target.Client() {
        @Override
        public Reply send(long number) throws IOException {
          try {
            return answering.to(number);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }

        @Override
        public void close() {}
      };
    };
  }

  private static Reply stallOnce(long number) throws InterruptedException {
    if (number == 40) {
      Thread.sleep(400);
    }
    return Reply.of(200, true);
  }

  /** 100/s over one connection: those due during a stall of 400 ms have all waited for it. */
  @Test
  void openLoopCountsTheWaitingBehindAStall() throws Exception {
    Tally tally = Load.run(target(LoadTest::stallOnce), new Pace.Open(100, 1), TIMING, NO_PROBE);

    assertThat(tally.due()).isEqualTo(100);
    assertThat(tally.latency().getTotalCount()).isEqualTo(100);
    long slow =
        tally
            .latency()
            .getCountBetweenValues(nanos(100), tally.latency().getHighestTrackableValue());
    assertThat(slow).isGreaterThanOrEqualTo(29);
  }

  /** The same stall is one slow request to a client that waits for its answer. */
  @Test
  void closedLoopSendsNothingDuringAStall() throws Exception {
    Target target =
        target(
            number -> {
              Thread.sleep(10);
              return stallOnce(number);
            });

    Tally tally = Load.run(target, new Pace.Closed(1), TIMING, NO_PROBE);

    assertThat(tally.latency().getMaxValue()).isGreaterThan(nanos(390));
    assertThat(tally.latency().getValueAtPercentile(90)).isLessThan(nanos(300));
  }

  @Test
  void openLoopSaysWhatItCouldNotSend() throws Exception {
    Target slow =
        target(
            number -> {
              Thread.sleep(100);
              return Reply.of(200, true);
            });

    Tally tally = Load.run(slow, new Pace.Open(100, 2), TIMING, NO_PROBE);

    assertThat(tally.due()).isEqualTo(100);
    assertThat(tally.unsent()).isGreaterThanOrEqualTo(70);
    assertThat(tally.latency().getTotalCount())
        .as("what was never sent counts with its waiting")
        .isEqualTo(100);
    assertThat(tally.perSecond()).isLessThan(25);
    assertThat(tally.statuses()).containsExactly(Map.entry(200, 100 - tally.unsent()));
  }

  @Test
  void openLoopSendsAllWhenThereAreConnectionsEnough() throws Exception {
    Target slow =
        target(
            number -> {
              Thread.sleep(100);
              return Reply.of(200, true);
            });

    Tally tally = Load.run(slow, new Pace.Open(100, 64), TIMING, NO_PROBE);

    assertThat(tally.due()).isEqualTo(100);
    assertThat(tally.unsent()).isLessThan(20);
    assertThat(tally.statuses()).containsExactly(Map.entry(200, 100 - tally.unsent()));
  }

  @Test
  void brokenConnectionIsAnErrorAndIsOpenedAgain() throws Exception {
    Target target =
        target(
            number -> {
              if (number == 50) {
                throw new IOException("broken");
              }
              return Reply.of(200, true);
            });

    Tally tally = Load.run(target, new Pace.Open(100, 1), TIMING, NO_PROBE);

    assertThat(tally.errors()).containsExactly(Map.entry("IOException: broken", 1L));
    assertThat(tally.statuses()).containsExactly(Map.entry(200, 99 - tally.unsent()));
    assertThat(tally.latency().getTotalCount()).isEqualTo(99);
    assertThat(connected).hasValue(2);
  }

  @Test
  void answerThatDoesNotCountMakesNeitherRateNorLatency() throws Exception {
    Tally tally =
        Load.run(target(number -> Reply.of(202, false)), new Pace.Open(100, 1), TIMING, NO_PROBE);

    assertThat(tally.statuses()).containsExactly(Map.entry(202, 100 - tally.unsent()));
    assertThat(tally.perSecond()).isZero();
    assertThat(tally.latency().getTotalCount()).isEqualTo(tally.unsent());
  }

  private static long nanos(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }
}
