package dev.lastunit.inventory.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.SourcingFacts;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.LocationId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What every sourcing keeps, whatever the stock: all wanted units and no more, none that is not
 * there. And what each is for, held against a search through all choices.
 */
class SourcingPlanPropertyTest {

  /**
   * One question.
   *
   * @param quantity at most what the sources give together
   */
  record Case(
      List<Allocation> sources, List<LocationId> nearest, Set<LocationId> shipping, int quantity) {}

  @Property
  void givesAllUnitsAndOnlyUnitsThatAreThere(@ForAll("cases") Case of, @ForAll Sourcing sourcing) {
    var allocations = allocate(sourcing, of);

    assertThat(StockState.units(allocations)).isEqualTo(of.quantity());
    assertThat(allocations).extracting(Allocation::location).doesNotHaveDuplicates();
    assertThat(allocations).hasSizeLessThanOrEqualTo(of.sources().size());
    for (var allocation : allocations) {
      assertThat(allocation.quantity()).isBetween(1, there(of, allocation.location()));
    }
  }

  /** Nobody is passed over who could have given more and comes first. */
  @Property
  void emptiesALocationBeforeItGoesOnToTheNext(@ForAll("cases") Case of) {
    assertInOrder(of, of.sources(), allocate(Sourcing.PRIORITY, of));
    var byDistance =
        Stream.concat(
                of.nearest().stream()
                    .distinct()
                    .flatMap(l -> of.sources().stream().filter(s -> s.location().equals(l))),
                of.sources().stream().filter(s -> !of.nearest().contains(s.location())))
            .toList();
    assertInOrder(of, byDistance, allocate(Sourcing.NEAREST, of));
  }

  @Property
  void needsFewestFurtherShipmentsThenFewestLocations(@ForAll("cases") Case of) {
    var allocations = allocate(Sourcing.FEWEST_SHIPMENTS, of);

    var best = bruteForce(of).orElseThrow();
    assertThat(further(of, locations(allocations))).isEqualTo(further(of, best));
    assertThat(locations(allocations)).hasSameSizeAs(best);
  }

  /** Of the choices that are equally good the one that comes first by distance. */
  @Property
  void choosesTheNearestOfEquallyGoodChoices(@ForAll("cases") Case of) {
    var withoutShipping = new Case(of.sources(), of.nearest(), Set.of(), of.quantity());

    var chosen = locations(allocate(Sourcing.FEWEST_SHIPMENTS, withoutShipping));

    assertThat(chosen).isEqualTo(bruteForce(withoutShipping).orElseThrow());
  }

  private static void assertInOrder(Case of, List<Allocation> order, List<Allocation> allocations) {
    assertThat(locations(allocations))
        .isEqualTo(order.stream().map(Allocation::location).limit(allocations.size()).toList());
    allocations.stream()
        .limit(Math.max(0, allocations.size() - 1))
        .forEach(a -> assertThat(a.quantity()).isEqualTo(there(of, a.location())));
  }

  private static List<Allocation> allocate(Sourcing sourcing, Case of) {
    return new SourcingPlan(sourcing, new SourcingFacts(of.nearest(), Set.of(), of.shipping()))
        .allocate(of.sources(), of.quantity());
  }

  private static List<LocationId> locations(List<Allocation> allocations) {
    return allocations.stream().map(Allocation::location).toList();
  }

  private static int there(Case of, LocationId location) {
    return of.sources().stream()
        .filter(s -> s.location().equals(location))
        .mapToInt(Allocation::quantity)
        .findFirst()
        .orElse(0);
  }

  private static long further(Case of, List<LocationId> locations) {
    return locations.stream().filter(l -> !of.shipping().contains(l)).count();
  }

  /** Every set of locations that gives enough, each in order of distance; the best of them. */
  private static Optional<List<LocationId>> bruteForce(Case of) {
    var order =
        Stream.concat(
                of.nearest().stream().distinct().filter(l -> there(of, l) > 0),
                locations(of.sources()).stream().filter(l -> !of.nearest().contains(l)))
            .toList();
    var enough = new ArrayList<List<LocationId>>();
    for (int set = 1; set < 1 << order.size(); set++) {
      var chosen = new ArrayList<LocationId>();
      for (int i = 0; i < order.size(); i++) {
        if ((set >> i & 1) == 1) {
          chosen.add(order.get(i));
        }
      }
      if (chosen.stream().mapToInt(l -> there(of, l)).sum() >= of.quantity()) {
        enough.add(chosen);
      }
    }
    return enough.stream()
        .min(
            Comparator.<List<LocationId>>comparingLong(set -> further(of, set))
                .thenComparing(List::size)
                .thenComparing(
                    set -> set.stream().map(order::indexOf).toList(),
                    SourcingPlanPropertyTest::compare));
  }

  private static int compare(List<Integer> one, List<Integer> other) {
    for (int i = 0; i < one.size(); i++) {
      if (!one.get(i).equals(other.get(i))) {
        return one.get(i) - other.get(i);
      }
    }
    return 0;
  }

  @Provide
  Arbitrary<Case> cases() {
    var places = Arbitraries.of("hull", "york", "leeds", "bath", "ely", "ripon");
    var locations = places.map(LocationId::new);
    Arbitrary<List<Allocation>> sources =
        locations
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(6)
            .flatMap(
                where ->
                    Arbitraries.integers()
                        .between(1, 9)
                        .list()
                        .ofSize(where.size())
                        .map(
                            units -> {
                              var made = new ArrayList<Allocation>();
                              for (int i = 0; i < where.size(); i++) {
                                made.add(new Allocation(where.get(i), units.get(i)));
                              }
                              return made;
                            }));
    return sources.flatMap(
        from ->
            Combinators.combine(
                    locations.list().ofMaxSize(6),
                    locations.set().ofMaxSize(3),
                    Arbitraries.integers().between(1, (int) Math.min(54, StockState.units(from))))
                .as((nearest, shipping, quantity) -> new Case(from, nearest, shipping, quantity)));
  }
}
