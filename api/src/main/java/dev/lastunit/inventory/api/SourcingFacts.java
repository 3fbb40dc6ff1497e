package dev.lastunit.inventory.api;

import dev.lastunit.shared.api.LocationId;
import java.util.List;
import java.util.Set;

/**
 * What the sender of a reservation knows about where units should come from, and the stock of one
 * SKU cannot know.
 *
 * @param nearest locations in order of their distance to the buyer; those it does not name come
 *     after them, in the order in which they first held the SKU. Empty when nothing is known
 * @param closed locations that give no units now; never null
 * @param shipping locations from which the order is shipped anyway: to take units there adds no
 *     shipment. Null while that is not known because the order has further lines: then a SKU that
 *     is to be sourced with few shipments and could come from several places says so instead, and
 *     waits to be asked again
 */
public record SourcingFacts(
    List<LocationId> nearest, Set<LocationId> closed, Set<LocationId> shipping) {

  /** Nothing is known, and the SKU decides for itself. */
  public static final SourcingFacts NONE = new SourcingFacts(List.of(), Set.of(), Set.of());

  public SourcingFacts {
    nearest = List.copyOf(nearest);
    closed = Set.copyOf(closed);
    shipping = shipping == null ? null : Set.copyOf(shipping);
  }
}
