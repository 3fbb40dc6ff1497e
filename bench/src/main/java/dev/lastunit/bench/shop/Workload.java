package dev.lastunit.bench.shop;

import java.util.List;
import java.util.Locale;

/** Kinds of load. */
public enum Workload {
  /** Orders of two lines over the whole catalogue. */
  ORDERS,
  /** Orders of one line, all of one SKU. */
  HOT,
  /** Orders with the lines of a real shop's invoices. */
  REAL,
  /** Product pages, skewed as demand is. */
  PRODUCT,
  /** Searches for two words, with facets. */
  SEARCH;

  /** Those that need no file. */
  public static final List<Workload> ALWAYS = List.of(ORDERS, HOT, PRODUCT, SEARCH);

  /** As it is written in settings and reports. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a shop of plain SQL has it too. */
  public boolean hasClassic() {
    return this != SEARCH;
  }

  /** Whether there is a script of plain SQL for it. */
  public boolean hasScript() {
    return hasClassic() && this != REAL;
  }
}
