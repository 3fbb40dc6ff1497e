package dev.lastunit.ledger.query;

import dev.lastunit.ledger.query.TrialBalance.OpenClearing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The gauges {@code lastunit.ledger.clearing.open} and {@code lastunit.ledger.clearing.overdue}:
 * payments that have something in clearing, and those that have had it for too long. Looked for now
 * and then, not when a gauge is read; not a number before the first look and after one that failed.
 */
final class ClearingMetrics implements DisposableBean {

  static final Duration EVERY = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(ClearingMetrics.class);

  private final LedgerReads reads;
  private final MeterRegistry meters;
  private volatile OpenClearing latest;
  private Disposable looking;

  ClearingMetrics(LedgerReads reads, MeterRegistry meters) {
    this.reads = reads;
    this.meters = meters;
  }

  @EventListener(ApplicationReadyEvent.class)
  void start() {
    if (looking != null) {
      return;
    }
    Gauge.builder(
            "lastunit.ledger.clearing.open", () -> latest == null ? Double.NaN : latest.open())
        .description("Payments with something in clearing")
        .register(meters);
    Gauge.builder(
            "lastunit.ledger.clearing.overdue",
            () -> latest == null ? Double.NaN : latest.overdue())
        .description("Payments with something in clearing for too long")
        .register(meters);
    looking =
        Flux.interval(Duration.ZERO, EVERY)
            .onBackpressureDrop()
            .concatMap(tick -> look(), 1)
            .subscribe();
  }

  /** Looks once; never fails. */
  Mono<OpenClearing> look() {
    return reads
        .clearing()
        .doOnNext(found -> latest = found)
        .onErrorResume(
            failure -> {
              latest = null;
              LOG.warn("Clearing could not be looked at: {}", failure.toString());
              return Mono.empty();
            });
  }

  @Override
  public void destroy() {
    if (looking != null) {
      looking.dispose();
    }
  }
}
