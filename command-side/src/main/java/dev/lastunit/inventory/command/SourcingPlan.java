package dev.lastunit.inventory.command;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.SourcingFacts;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which locations give the units of one reservation: a pure function for each {@link Sourcing}.
 *
 * <p>Each takes the sources as {@link Supply} lists them, which must hold at least the wanted
 * quantity, and answers how many units come from which of them: as many in all as are wanted, from
 * each at least 1 and at most what it could give, no location twice.
 *
 * @param facts what is known besides the stock; its closed locations are not among the sources
 */
record SourcingPlan(Sourcing sourcing, SourcingFacts facts) {

  /**
   * Whether the choice depends on the order's other lines and nobody has said yet where they come
   * from.
   */
  boolean isMissing(List<Allocation> sources) {
    return facts.shipping() == null && sourcing == Sourcing.FEWEST_SHIPMENTS && sources.size() > 1;
  }

  /** Takes the units; call it only when no plan is missing. */
  List<Allocation> allocate(List<Allocation> sources, int quantity) {
    return switch (sourcing) {
      case PRIORITY -> byPriority(sources, quantity);
      case NEAREST -> nearest(sources, facts.nearest(), quantity);
      case FEWEST_SHIPMENTS ->
          fewestShipments(
              sources,
              facts.nearest(),
              facts.shipping() == null ? Set.of() : facts.shipping(),
              quantity);
    };
  }

  /** Takes the sources in their order. */
  static List<Allocation> byPriority(List<Allocation> sources, int quantity) {
    var allocations = new ArrayList<Allocation>();
    int missing = quantity;
    for (Allocation source : sources) {
      if (missing == 0) {
        break;
      }
      int taken = Math.min(missing, source.quantity());
      allocations.add(new Allocation(source.location(), taken));
      missing -= taken;
    }
    return List.copyOf(allocations);
  }

  /** Takes the sources in the order of their distance, then those whose distance is not known. */
  static List<Allocation> nearest(
      List<Allocation> sources, List<LocationId> nearest, int quantity) {
    return byPriority(byDistance(sources, nearest), quantity);
  }

  /**
   * Takes as few sources as possible from where the order is not shipped anyway, then as few as
   * possible in all, then those that are the nearest. Exact: which sources give much is known, so
   * whether a choice can still be completed is a sum of the largest ones that are left. Costs
   * O(sources² · log sources).
   *
   * @param shipping locations from which the order is shipped anyway
   */
  static List<Allocation> fewestShipments(
      List<Allocation> sources, List<LocationId> nearest, Set<LocationId> shipping, int quantity) {
    List<Allocation> preferred = byDistance(sources, nearest);
    List<Allocation> anyway =
        preferred.stream().filter(source -> shipping.contains(source.location())).toList();
    List<Allocation> further =
        preferred.stream().filter(source -> !shipping.contains(source.location())).toList();
    int furtherWanted = fewest(further, quantity - StockState.units(anyway));
    int anywayWanted = fewest(anyway, quantity - largest(further, furtherWanted));

    var chosen = new ArrayList<Allocation>();
    long units = 0;
    for (int at = 0; at < preferred.size(); at++) {
      Allocation source = preferred.get(at);
      boolean free = shipping.contains(source.location());
      if ((free ? anywayWanted : furtherWanted) == 0) {
        continue;
      }
      int anywayLeft = anywayWanted - (free ? 1 : 0);
      int furtherLeft = furtherWanted - (free ? 0 : 1);
      List<Allocation> later = preferred.subList(at + 1, preferred.size());
      long atMost =
          units
              + source.quantity()
              + largest(only(later, shipping, true), anywayLeft)
              + largest(only(later, shipping, false), furtherLeft);
      if (atMost >= quantity) {
        chosen.add(source);
        units += source.quantity();
        anywayWanted = anywayLeft;
        furtherWanted = furtherLeft;
      }
    }
    return byPriority(chosen, quantity);
  }

  private static List<Allocation> byDistance(List<Allocation> sources, List<LocationId> nearest) {
    if (nearest.isEmpty() || sources.size() < 2) {
      return sources;
    }
    Map<LocationId, Integer> distance = new HashMap<>();
    for (LocationId location : nearest) {
      distance.putIfAbsent(location, distance.size());
    }
    return sources.stream()
        .sorted(
            Comparator.comparing(
                source -> distance.getOrDefault(source.location(), Integer.MAX_VALUE)))
        .toList();
  }

  private static List<Allocation> only(
      List<Allocation> sources, Set<LocationId> shipping, boolean among) {
    return sources.stream()
        .filter(source -> shipping.contains(source.location()) == among)
        .toList();
  }

  /** How many of the sources give so many units at least; all of them when they do not. */
  private static int fewest(List<Allocation> sources, long units) {
    int count = 0;
    while (count < sources.size() && largest(sources, count) < units) {
      count++;
    }
    return count;
  }

  /** Units that so many of the sources give at most. */
  private static long largest(List<Allocation> sources, int count) {
    return sources.stream()
        .mapToLong(Allocation::quantity)
        .boxed()
        .sorted(Comparator.reverseOrder())
        .limit(count)
        .mapToLong(Long::longValue)
        .sum();
  }
}
