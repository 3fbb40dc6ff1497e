package dev.lastunit.process.expiry;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.EventBatchHandler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/** Makes the parts of expiry for tests of other packages. */
public final class ExpiryTestAccess {

  private ExpiryTestAccess() {}

  public static EventBatchHandler handler(TestDatabase database, MeterRegistry meters) {
    return new ReservationDeadlines(new DeadlineStore(database.jdbc()), meters);
  }

  public static SmartLifecycle sweeper(
      TestDatabase database, CommandSender sender, Clock clock, Duration poll) {
    return new ExpirySweeper(
        new DeadlineStore(database.jdbc()), database.transactions(), sender, clock, poll);
  }
}
