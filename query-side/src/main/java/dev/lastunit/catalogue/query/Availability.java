package dev.lastunit.catalogue.query;

/**
 * What of a product can be had.
 *
 * @param status {@code out} at 0 units, {@code low} up to {@value #LOW}, else {@code in-stock}
 * @param available units that a buyer could still get; 0 or more
 */
public record Availability(String status, int available) {

  /** So few units are worth a hint to the buyer. */
  public static final int LOW = 5;

  /** Of a number of units; more than an integer holds is shown as the largest one. */
  public static Availability of(long units) {
    int available = Math.clamp(units, 0, Integer.MAX_VALUE);
    String status = available == 0 ? "out" : available <= LOW ? "low" : "in-stock";
    return new Availability(status, available);
  }
}
