package dev.lastunit.catalogue.query;

/** In which order products are listed. Each is total: the SKU decides between equals. */
public enum ProductSort {
  /** The best match of the words first; without words the newest first. */
  RELEVANCE,
  /** Lowest amount first. Amounts of different currencies are compared as numbers. */
  PRICE,
  /** Highest amount first. */
  PRICE_DESCENDING,
  /** Last listed first. */
  NEWEST,
  /** By name without regard to case and accents. */
  NAME
}
