package dev.lastunit.bench.report;

import java.util.Locale;

/** What does the work. */
public enum Subject {
  /** The product, over HTTP. */
  SERVICE,
  /** Plain SQL, without HTTP. */
  PGBENCH,
  /** Plain SQL behind HTTP. */
  CLASSIC;

  /** As it is written in settings and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
