package dev.lastunit.bench.measure;

import dev.lastunit.bench.load.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.OptionalDouble;

/** Reads what was used when measuring begins and ends. */
public final class Meter implements Probe {

  private final Database database;
  private final Service service;
  private final long measured;
  private Sample first;
  private Sample last;

  private record Sample(
      long nanos,
      OptionalDouble service,
      OptionalDouble server,
      OptionalDouble postgres,
      OptionalDouble driver,
      Database.Counters counters,
      Delays delays) {}

  /**
   * For one step.
   *
   * @param service stands idle while a baseline is measured
   * @param measured process that answers the requests; 0 when that is the database itself
   */
  public Meter(Database database, Service service, long measured) {
    this.database = database;
    this.service = service;
    this.measured = measured;
  }

  @Override
  public void begin() {
    first = sample();
  }

  @Override
  public void end() {
    last = sample();
  }

  private Sample sample() {
    try {
      return new Sample(
          System.nanoTime(),
          Cpu.seconds(service.pid()),
          measured == 0 ? OptionalDouble.empty() : Cpu.seconds(measured),
          Cpu.secondsOfFamily(database.pid()),
          Cpu.secondsWithEnded(ProcessHandle.current().pid()),
          database.counters(),
          measured == service.pid() ? Delays.parse(service.metrics()) : null);
    } catch (SQLException e) {
      throw new IllegalStateException("The database does not tell its counters", e);
    } catch (IOException e) {
      throw new UncheckedIOException("The service does not tell its metrics", e);
    }
  }

  /**
   * What each of so many requests used; null where nothing is known.
   *
   * @param requests answered between begin and end
   */
  public Use use(long requests) {
    if (requests == 0) {
      return Use.UNKNOWN;
    }
    double seconds = (last.nanos - first.nanos) / 1e9;
    return new Use(
        millis(first.server, last.server, requests),
        millis(first.postgres, last.postgres, requests),
        millis(first.driver, last.driver, requests),
        (double) (last.counters.walBytes() - first.counters.walBytes()) / requests,
        (double) (last.counters.transactions() - first.counters.transactions()) / requests,
        last.delays == null ? null : last.delays.p99MillisSince(first.delays),
        measured == service.pid() ? null : difference(first.service, last.service, seconds));
  }

  private static Double millis(OptionalDouble from, OptionalDouble to, long requests) {
    return difference(from, to, requests / 1e3);
  }

  private static Double difference(OptionalDouble from, OptionalDouble to, double divisor) {
    return from.isPresent() && to.isPresent()
        ? (to.getAsDouble() - from.getAsDouble()) / divisor
        : null;
  }
}
