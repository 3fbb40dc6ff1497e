package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.query.Availability;

/** What the index knows of a product's stock, in the order of their numbers there. */
enum StockStatus {
  OUT("out"),
  LOW("low"),
  IN_STOCK("in-stock");

  private final String text;

  StockStatus(String text) {
    this.text = text;
  }

  /** Of a number of units. */
  static StockStatus of(long units) {
    String status = Availability.of(units).status();
    for (StockStatus value : values()) {
      if (value.text.equals(status)) {
        return value;
      }
    }
    throw new IllegalStateException("No number for the status " + status);
  }
}
