package dev.lastunit.inventory.command;

import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a SKU could promise to one order.
 *
 * @param available units in all, 0 or more: those of the sources, less what the policy keeps back
 *     and they do not, and with what it allows beyond
 * @param sources the locations that could give units, each with the units it could give, 1 or more,
 *     in the order in which they first held the SKU
 */
record Supply(long available, List<Allocation> sources) {

  /**
   * The supply without the closed locations, which are as if they were not there. Costs O(locations
   * of the SKU).
   */
  static Supply of(StockState state, Set<LocationId> closed) {
    List<Allocation> sources = new ArrayList<>(state.locations().size());
    long free = 0;
    long promisable = 0;
    for (LocationId location : state.locations()) {
      if (closed.contains(location)) {
        continue;
      }
      long there = state.free(location);
      free += there;
      if (there > 0) {
        promisable += there;
        sources.add(new Allocation(location, Math.toIntExact(there)));
      }
    }
    long available = Math.min(free - state.policy().safetyStock(), promisable);
    return new Supply(
        Math.max(0, available + state.policy().oversellAllowance()), List.copyOf(sources));
  }
}
