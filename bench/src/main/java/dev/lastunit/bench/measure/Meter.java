package dev.lastunit.bench.measure;

import dev.lastunit.bench.load.Probe;
import java.sql.SQLException;
import java.util.OptionalDouble;

/** Reads what was used when measuring begins and ends. */
public final class Meter implements Probe {

  private final Database database;
  private final long service;
  private final long measured;
  private Sample first;
  private Sample last;

  private record Sample(
      long nanos,
      OptionalDouble service,
      OptionalDouble server,
      OptionalDouble postgres,
      OptionalDouble driver,
      Database.Counters counters) {}

  /**
   * For one step.
   *
   * @param service process of the service, which stands idle while a baseline is measured
   * @param measured process that answers the requests; 0 when that is the database itself
   */
  public Meter(Database database, long service, long measured) {
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
          Cpu.seconds(service),
          measured == 0 ? OptionalDouble.empty() : Cpu.seconds(measured),
          Cpu.secondsOfFamily(database.pid()),
          Cpu.secondsWithEnded(ProcessHandle.current().pid()),
          database.counters());
    } catch (SQLException e) {
      throw new IllegalStateException("The database does not tell its counters", e);
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
        measured == service ? null : difference(first.service, last.service, seconds));
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
