package dev.lastunit.catalogue.query;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.lastunit.shared.api.Money;

/**
 * A product in a list.
 *
 * @param brand empty when there is none, like {@code category}
 * @param imageUrl null when there is none
 * @param changedPosition position of the event that last changed the details
 */
public record ProductCard(
    String sku,
    String name,
    String brand,
    String category,
    Money price,
    String imageUrl,
    AvailabilityAt availability,
    @JsonIgnore long changedPosition) {

  /**
   * What can be had of a product, with how old that is: a list is found in the index and shows
   * rows, which need not have got as far.
   *
   * @param status {@code out}, {@code low} or {@code in-stock}, as of {@link Availability}
   * @param position how far the rows were at least when this was true
   */
  public record AvailabilityAt(String status, int available, long position) {

    static AvailabilityAt of(Availability availability, long position) {
      return new AvailabilityAt(availability.status(), availability.available(), position);
    }
  }
}
