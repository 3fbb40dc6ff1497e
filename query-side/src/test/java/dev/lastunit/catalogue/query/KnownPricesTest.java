package dev.lastunit.catalogue.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.Shelf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prices in memory are never older than the position that they are said to be of. */
class KnownPricesTest {

  private static final Sku LAMP = new Sku("LAMP");
  private static final Sku MUG = new Sku("MUG");

  private final Tail tail = new Tail();
  private final KnownPrices known = known(1_000);

  private KnownPrices known(long size) {
    KnownPrices prices = new KnownPrices(size);
    prices.follow(tail);
    return prices;
  }

  private static PricedProduct at(Sku sku, long amount) {
    return new PricedProduct(sku, "Thing", new Money(amount, "GBP"));
  }

  private static Event changed(Sku sku, long amount) {
    return new Shelf(sku.value(), "Thing", "", "", amount, 0).added();
  }

  @Test
  void remembersWhatWasReadUntilItChanges() {
    tail.tell(changed(MUG, 1));
    known.read(List.of(at(LAMP, 100), at(MUG, 1)), 1);

    assertThat(known.find(Set.of(LAMP, MUG))).hasSize(2);
    tail.tell(new Shelf("LAMP", "Thing", "", "", 100, 3).received());
    assertThat(known.find(Set.of(LAMP, MUG))).hasSize(2);
    tail.tell(changed(LAMP, 200));
    assertThat(known.find(Set.of(LAMP, MUG))).containsOnlyKeys(MUG);
    tail.tell(new ProductDelisted(MUG));
    assertThat(known.find(Set.of(LAMP, MUG))).isEmpty();
    assertThat(known.position()).isEqualTo(4);
  }

  @Test
  void whatAChangeHasOvertakenIsNotRemembered() {
    tail.tell(changed(LAMP, 100));
    tail.tell(changed(LAMP, 200));

    known.read(List.of(at(LAMP, 100), at(MUG, 1)), 1);
    assertThat(known.find(Set.of(LAMP, MUG))).containsOnlyKeys(MUG);

    known.read(List.of(at(LAMP, 200)), 2);
    assertThat(known.find(Set.of(LAMP))).containsEntry(LAMP, at(LAMP, 200));
  }

  @Test
  void nothingIsRememberedBeforeItIsKnownWhatChanged() {
    known.read(List.of(at(LAMP, 100)), 50);
    assertThat(known.find(Set.of(LAMP))).isEmpty();

    tail.position = 60;
    tail.tell(changed(MUG, 1));
    known.read(List.of(at(LAMP, 100)), 59);
    assertThat(known.find(Set.of(LAMP))).isEmpty();
    known.read(List.of(at(LAMP, 100)), 60);
    assertThat(known.find(Set.of(LAMP))).hasSize(1);

    tail.position = 70;
    tail.tell(changed(MUG, 1));
    assertThat(known.find(Set.of(LAMP))).isEmpty();
  }

  @Test
  void changesThatAreForgottenCountAsUnknown() {
    tail.tell(changed(LAMP, 100));
    for (int i = 0; i < KnownPrices.CHANGES; i++) {
      tail.tell(changed(new Sku("S" + i), i));
    }

    known.read(List.of(at(LAMP, 50)), 0);
    assertThat(known.find(Set.of(LAMP))).isEmpty();
    known.read(List.of(at(LAMP, 100)), 1);
    assertThat(known.find(Set.of(LAMP))).hasSize(1);
  }

  @Test
  void aSizeOfNoneRemembersNothing() {
    KnownPrices none = known(0);
    tail.tell(changed(LAMP, 100));

    none.read(List.of(at(LAMP, 100)), 1);

    assertThat(none.find(Set.of(LAMP))).isEmpty();
  }

  /** Readers that begin and end at any time, a table and a tail that follow at any pace. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverOvertakesWhatNoPriceIsOlderThanThePosition(long seed) {
    record Reader(Map<Sku, PricedProduct> rows, long tablePosition) {}
    Random random = new Random(seed);
    List<Sku> skus = List.of(LAMP, MUG, new Sku("DESK"));
    List<Event> events = new ArrayList<>();
    List<Map<Sku, PricedProduct>> versions = new ArrayList<>(List.of(Map.of()));
    List<Reader> readers = new ArrayList<>();
    int table = 0;
    int hits = 0;
    for (int step = 0; step < 20_000; step++) {
      switch (random.nextInt(8)) {
        case 0 -> {
          Sku sku = skus.get(random.nextInt(skus.size()));
          Map<Sku, PricedProduct> next = new HashMap<>(versions.getLast());
          if (random.nextInt(5) == 0) {
            next.remove(sku);
            events.add(new ProductDelisted(sku));
          } else {
            next.put(sku, at(sku, step));
            events.add(changed(sku, step));
          }
          versions.add(next);
        }
        case 1, 2 -> table = Math.min(table + 1, events.size());
        case 3, 4 -> {
          if (tail.position < events.size()) {
            tail.tell(events.get((int) tail.position));
          }
        }
        case 5 -> {
          // The rows may be newer than the position that was asked for before.
          int rows = table + random.nextInt(events.size() - table + 1);
          readers.add(new Reader(versions.get(rows), table));
        }
        case 6 -> {
          if (!readers.isEmpty()) {
            Reader reader = readers.remove(random.nextInt(readers.size()));
            known.read(List.copyOf(reader.rows.values()), reader.tablePosition);
          }
        }
        default -> {
          long position = known.position();
          for (var entry : known.find(skus).entrySet()) {
            hits++;
            assertThat(versions.subList((int) position, versions.size()))
                .as("at %d", position)
                .anySatisfy(
                    version -> assertThat(version).containsEntry(entry.getKey(), entry.getValue()));
          }
        }
      }
    }
    assertThat(hits).isPositive();
  }

  /** A tail that tells what a test wants. */
  private static final class Tail implements LiveEvents {

    private final List<Consumer<RecordedEvent>> listeners = new ArrayList<>();
    private long position;

    void tell(Event event) {
      position++;
      RecordedEvent recorded =
          new RecordedEvent(
              position, Instant.EPOCH, StockCommand.streamOf(LAMP), 0, event, Map.of());
      listeners.forEach(listener -> listener.accept(recorded));
    }

    @Override
    public Watch watch(Collection<String> streams, Consumer<RecordedEvent> listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Watch watchAll(Consumer<RecordedEvent> listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }
  }
}
