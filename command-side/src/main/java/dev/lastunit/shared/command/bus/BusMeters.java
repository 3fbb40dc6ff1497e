package dev.lastunit.shared.command.bus;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What the bus measures. Thread-safe. */
final class BusMeters {

  private final Timer queued;
  private final Timer handling;
  private final Timer commit;
  private final DistributionSummary batch;

  BusMeters(MeterRegistry meters) {
    this.queued =
        Timer.builder("lastunit.command.queued")
            .description("From a command's arrival to a shard taking it up")
            .publishPercentileHistogram()
            .register(meters);
    this.handling =
        Timer.builder("lastunit.command.handling")
            .description("From a shard taking up a command to its commit")
            .publishPercentileHistogram()
            .register(meters);
    this.commit =
        Timer.builder("lastunit.command.commit")
            .description("Append and commit of a batch")
            .publishPercentileHistogram()
            .register(meters);
    this.batch =
        DistributionSummary.builder("lastunit.command.batch")
            .description("Commands that were committed together")
            .baseUnit("commands")
            .publishPercentileHistogram()
            .maximumExpectedValue((double) Shard.BATCH_COMMANDS)
            .register(meters);
  }

  void committed(int commands, long nanos) {
    batch.record(commands);
    commit.record(nanos, TimeUnit.NANOSECONDS);
  }

  void handled(long queuedNanos, long handlingNanos) {
    queued.record(queuedNanos, TimeUnit.NANOSECONDS);
    handling.record(handlingNanos, TimeUnit.NANOSECONDS);
  }
}
