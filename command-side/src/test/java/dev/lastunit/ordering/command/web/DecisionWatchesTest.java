package dev.lastunit.ordering.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DecisionWatchesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DecisionWatches watches = new DecisionWatches(new Silence());

  @Test
  void endsAllWaitingWhenNoDecisionCameBeforeTheStop() {
    watches.start();
    var outcome = watches.open(new OrderId("order")).outcome().toFuture();

    watches.stop();

    assertThat(outcome).succeedsWithin(PATIENCE).isNull();
    assertThat(watches.isRunning()).isFalse();
  }

  @Test
  void letsNobodyWaitAfterTheStop() {
    watches.start();
    watches.stop();

    var outcome = watches.open(new OrderId("order")).outcome().blockOptional(PATIENCE);

    assertThat(outcome).isEmpty();
  }

  @Test
  void stopsOnceTheLastOrderInFlightIsAnswered() {
    watches.start();
    var watch = watches.open(new OrderId("order"));
    var outcome = watch.outcome().toFuture();
    var stopped = CompletableFuture.runAsync(watches::stop);

    watches.close(watch);

    assertThat(stopped).succeedsWithin(PATIENCE);
    assertThat(outcome).isNotDone();
  }

  /** No event ever comes. */
  private static final class Silence implements LiveEvents {

    @Override
    public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
      return () -> {};
    }

    @Override
    public Watch watchAll(Consumer<RecordedEvent> listener) {
      return () -> {};
    }
  }
}
