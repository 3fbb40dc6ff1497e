package dev.lastunit.shared.query.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.WrittenPositions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaPositionsTest {

  private static final String STOCK = "inventory.stock";
  private static final String CARTS = "cart.carts";
  private static final Duration MOST_LAG = Duration.ofSeconds(10);

  /** Handlers as the primary has them. */
  private static final class Primary implements Positions, WrittenPositions {
    private final Map<String, Long> positions = new LinkedHashMap<>(Map.of(STOCK, 0L, CARTS, 0L));
    private final Map<String, Long> written = new HashMap<>();
    private Runnable asked = () -> {};

    @Override
    public long of(String handler) {
      long position = positions.get(handler);
      Runnable once = asked;
      asked = () -> {};
      once.run();
      return position;
    }

    @Override
    public long head() {
      return positions.values().stream().mapToLong(position -> position).max().orElse(0);
    }

    @Override
    public Map<String, Long> all() {
      return Map.copyOf(positions);
    }

    @Override
    public Map<String, Long> written() {
      Map<String, Long> all = new HashMap<>(Map.of(STOCK, 0L, CARTS, 0L));
      all.putAll(written);
      return all;
    }

    /** A batch with rows. */
    private void writes(String handler, long position) {
      written.put(handler, position);
      positions.put(handler, position);
    }

    /** Events that are none of the handler's. */
    private void passes(String handler, long position) {
      positions.put(handler, position);
    }
  }

  private final Primary primary = new Primary();
  private long now = Long.MAX_VALUE - 1_000;
  private final ReplicaPositions<String> positions =
      new ReplicaPositions<>(primary, primary, MOST_LAG, () -> now);

  private void after(Duration time) {
    now += time.toNanos();
  }

  private static Heard says(long stock, long carts) {
    return says("one", true, stock, carts);
  }

  private static Heard says(String instance, boolean recovering, long stock, long carts) {
    return new Heard(instance, "shop", recovering, Map.of(STOCK, stock, CARTS, carts));
  }

  private void use(long stock, long carts) {
    primary.writes(STOCK, stock);
    primary.writes(CARTS, carts);
    positions.begin("replica");
    positions.look();
    assertThat(positions.hear(says(stock, carts))).isTrue();
    assertThat(positions.replica()).isEqualTo("replica");
  }

  @Test
  void withoutAReplicaThePrimarysPositionsAreTold() {
    primary.writes(STOCK, 7);

    assertThat(positions.of(STOCK)).isEqualTo(7);
    assertThat(positions.all()).isEqualTo(Map.of(STOCK, 7L, CARTS, 0L));
    assertThat(positions.replica()).isNull();
    assertThat(positions.lag()).isEqualTo(-1);
  }

  @Test
  void aPositionIsToldOnceTheReplicaHasStoredWhatItRestsOn() {
    use(5, 5);
    primary.writes(STOCK, 9);
    positions.look();

    assertThat(positions.of(STOCK)).isEqualTo(5);
    positions.hear(says(8, 5));
    assertThat(positions.of(STOCK)).isEqualTo(5);
    positions.hear(says(9, 5));
    assertThat(positions.of(STOCK)).isEqualTo(9);
    assertThat(positions.of(CARTS)).isEqualTo(5);
    assertThat(positions.head()).isEqualTo(9);
  }

  @Test
  void whatAHandlerPassesWithoutRowsNeedsNothingOfTheReplica() {
    use(5, 5);
    primary.passes(CARTS, 400);

    assertThat(positions.look()).as("the replica lacks something").isFalse();
    positions.hear(says(5, 5));

    assertThat(positions.of(CARTS)).isEqualTo(400);
  }

  @Test
  void whatIsPassedBehindMissingRowsWaitsForThem() {
    use(5, 5);
    primary.writes(CARTS, 6);
    positions.look();
    primary.passes(CARTS, 400);
    positions.look();

    positions.hear(says(5, 5));
    assertThat(positions.of(CARTS)).isEqualTo(5);
    positions.hear(says(5, 6));
    assertThat(positions.of(CARTS)).isEqualTo(400);
  }

  @Test
  void whatIsInMemoryOnlyIsToldAsItIs() {
    use(5, 5);
    primary.passes("search.index", 8);

    assertThat(positions.of("search.index")).isEqualTo(8);
    positions.end();
    positions.of("search.index");
    use(5, 5);
    assertThat(positions.of("search.index")).isEqualTo(8);
  }

  @Test
  void headIsThePrimarysThroughout() {
    use(5, 5);
    primary.writes(STOCK, 70);

    assertThat(positions.head()).isEqualTo(70);
  }

  @Test
  void theReplicaIsNotReadBeforeItHasAllThatWasTold() {
    primary.writes(STOCK, 9);
    assertThat(positions.of(STOCK)).isEqualTo(9);
    positions.begin("replica");
    positions.look();

    positions.hear(says(8, 0));
    assertThat(positions.replica()).isNull();
    primary.writes(STOCK, 12);
    positions.look();
    assertThat(positions.of(STOCK)).as("stands still meanwhile").isEqualTo(9);

    positions.hear(says(9, 0));
    assertThat(positions.replica()).isEqualTo("replica");
    assertThat(positions.of(STOCK)).isEqualTo(9);
  }

  @Test
  void whoIsToldSomethingWhileTheSwitchBeginsIsWaitedForOrTellsLess() {
    primary.writes(STOCK, 5);
    positions.begin("replica");
    positions.look();
    primary.writes(STOCK, 9);
    // Between the reader's look at the primary and his answer, the replica begins to be waited for.
    primary.asked = () -> positions.hear(says(5, 0));

    long told = positions.of(STOCK);

    if (positions.replica() != null) {
      assertThat(told).isLessThanOrEqualTo(5);
    }
    positions.look();
    positions.hear(says(5, 0));
    if (told > 5) {
      assertThat(positions.replica()).isNull();
    }
    assertThat(positions.of(STOCK)).isLessThanOrEqualTo(told);
  }

  @Test
  void positionsDoNotStandStillForLong() {
    primary.writes(STOCK, 9);
    positions.of(STOCK);
    positions.begin("replica");
    positions.look();
    positions.hear(says(8, 0));
    primary.writes(STOCK, 12);
    assertThat(positions.of(STOCK)).isEqualTo(9);

    after(ReplicaPositions.JOINING.plusMillis(1));
    positions.hear(says(8, 0));
    assertThat(positions.of(STOCK)).isEqualTo(12);

    positions.look();
    positions.hear(says(12, 0));
    assertThat(positions.replica()).as("not again at once").isNull();
    assertThat(positions.of(STOCK)).isEqualTo(12);
    after(ReplicaPositions.JOINING);
    positions.look();
    positions.hear(says(12, 0));
    assertThat(positions.replica()).isEqualTo("replica");
  }

  @Test
  void aReplicaThatIsFarBehindIsNotWaitedFor() {
    primary.writes(STOCK, 9);
    positions.begin("replica");
    positions.look();
    after(ReplicaPositions.NEAR.plusMillis(1));

    positions.hear(says(8, 0));
    primary.writes(STOCK, 10);

    assertThat(positions.of(STOCK)).isEqualTo(10);
    assertThat(positions.lag()).isGreaterThan(ReplicaPositions.NEAR.toNanos());
  }

  @Test
  void aReplicaThatStaysBehindIsLeft() {
    use(5, 5);
    primary.writes(STOCK, 9);
    positions.look();
    after(MOST_LAG);
    positions.hear(says(5, 5));
    assertThat(positions.of(STOCK)).isEqualTo(5);

    after(Duration.ofMillis(1));
    positions.hear(says(5, 5));

    assertThat(positions.replica()).isNull();
    assertThat(positions.of(STOCK)).isEqualTo(9);
  }

  @Test
  void theLagIsThatOfTheOldestThatIsMissing() {
    use(5, 5);
    assertThat(positions.lag()).isZero();
    primary.writes(STOCK, 6);
    positions.look();
    after(Duration.ofMillis(300));
    primary.writes(STOCK, 7);
    positions.look();
    after(Duration.ofMillis(100));

    assertThat(positions.lag()).isEqualTo(Duration.ofMillis(400).toNanos());
    positions.hear(says(6, 5));
    assertThat(positions.lag()).isEqualTo(Duration.ofMillis(100).toNanos());
    positions.hear(says(7, 5));
    assertThat(positions.lag()).isZero();
  }

  @Test
  void anotherServerOrAnOlderStateEndsTheUse() {
    use(5, 5);
    for (Heard news :
        List.of(says("two", true, 5, 5), says("one", false, 5, 5), says(5, 4), says(4, 9))) {
      assertThat(positions.hear(news)).isFalse();
      assertThat(positions.replica()).isNull();
      assertThat(positions.of(STOCK)).isEqualTo(5);
      assertThat(positions.heard()).isNull();
      assertThat(positions.hear(says(5, 5))).as("after the end").isFalse();
      use(5, 5);
    }
  }

  @Test
  void aServerThatStartsAgainOlderIsWaitedFor() {
    use(5, 5);
    primary.writes(STOCK, 9);
    positions.look();
    positions.hear(says(9, 5));
    assertThat(positions.of(STOCK)).isEqualTo(9);
    positions.end();

    positions.begin("again");
    positions.look();
    positions.hear(says("two", true, 7, 5));
    assertThat(positions.replica()).isNull();
    positions.hear(says("two", true, 9, 5));

    assertThat(positions.replica()).isEqualTo("again");
  }

  @Test
  void onlyTheShopsOwnReplicasAreFit() {
    Heard ours = says("primary", false, 5, 5);

    assertThat(says("replica", true, 1, 1).unfit(ours)).isNull();
    assertThat(says("primary", false, 5, 5).unfit(ours)).as("the primary itself").isNull();
    assertThat(says("promoted", false, 9, 9).unfit(ours)).contains("no replica");
    assertThat(new Heard("replica", "another", true, Map.of()).unfit(ours)).contains("another");
  }

  @Test
  void whatIsMissingForLongTakesBoundedMemoryAndIsToldInTheEnd() {
    use(5, 5);
    int most = 10 * ReplicaPositions.MOST_NOTES;
    for (int i = 1; i <= most; i++) {
      primary.writes(STOCK, 5 + i);
      positions.look();
    }
    positions.hear(says(5 + most / 2, 5));
    long half = positions.of(STOCK);
    assertThat(half).isLessThanOrEqualTo(5 + most / 2).isGreaterThan(5);

    positions.hear(says(5 + most, 5));
    assertThat(positions.of(STOCK)).isEqualTo(5 + most);
  }

  /** Everything in any order: whatever is told is in the server that is read then, and stays so. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void noPositionIsEverToldThatIsNotThere(int seed) {
    Random random = new Random(seed);
    // Positions that the replica's rows hold, and the stored ones that it has with them.
    TreeMap<Long, Long> rowsByStored = new TreeMap<>(Map.of(0L, 0L));
    long stored = 0;
    int server = 0;
    long mostTold = 0;
    int used = 0;
    for (int step = 0; step < 5_000; step++) {
      after(Duration.ofMillis(random.nextInt(40)));
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          long next = primary.of(STOCK) + 1 + random.nextInt(5);
          primary.writes(STOCK, next);
          rowsByStored.put(next, next);
        }
        case 2 -> {
          long next = primary.of(STOCK) + 1 + random.nextInt(5);
          primary.passes(STOCK, next);
          rowsByStored.put(primary.written().get(STOCK), next);
        }
        case 3, 4, 5 -> positions.look();
        case 6, 7, 8 -> {
          // The replica gets on, mostly.
          if (random.nextInt(4) > 0) {
            stored = primary.written().get(STOCK);
          }
          if (positions.heard() != null || random.nextBoolean()) {
            positions.hear(says("server" + server, true, stored, 0));
          }
        }
        case 9 -> {
          if (random.nextInt(20) == 0) {
            // It dies and comes back older, or another one does.
            positions.end();
            server++;
            stored = rowsByStored.floorKey(stored / 2);
          }
          if (positions.heard() == null) {
            positions.begin("server" + server);
          }
        }
        default -> {
          long told = positions.of(STOCK);
          mostTold = Math.max(mostTold, told);
          assertThat(told).isLessThanOrEqualTo(primary.of(STOCK));
        }
      }
      if (positions.replica() != null) {
        used++;
        long rows = rowsByStored.floorEntry(stored).getValue();
        assertThat(rows).as("step " + step).isGreaterThanOrEqualTo(mostTold);
      }
    }
    assertThat(used).as("the replica was read").isGreaterThan(250);
  }
}
