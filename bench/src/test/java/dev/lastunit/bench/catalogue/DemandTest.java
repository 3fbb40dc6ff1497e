package dev.lastunit.bench.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemandTest {

  private static final int DRAWS = 400_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 1_000, 65_537})
  void shufflesThereAndBack(long size) {
    Shuffle shuffle = new Shuffle(size, 11);
    boolean[] hit = new boolean[(int) size];
    for (long number = 0; number < size; number++) {
      long place = shuffle.forth(number);
      assertThat(shuffle.back(place)).isEqualTo(number);
      assertThat(hit[(int) place]).isFalse();
      hit[(int) place] = true;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.9, 1.0, 1.2})
  void drawsRanksByTheirWeight(double exponent) {
    int ranks = 50;
    Zipf zipf = new Zipf(ranks, exponent);
    SplittableRandom random = new SplittableRandom(3);
    int[] counts = new int[ranks];
    for (int i = 0; i < DRAWS; i++) {
      counts[(int) zipf.draw(random)]++;
    }

    double all = 0;
    for (int rank = 1; rank <= ranks; rank++) {
      all += Math.pow(rank, -exponent);
    }
    for (int rank = 1; rank <= ranks; rank++) {
      double share = Math.pow(rank, -exponent) / all;
      assertThat((double) counts[rank - 1] / DRAWS)
          .as("share of rank " + rank)
          .isCloseTo(share, within(0.004));
    }
  }

  @Test
  void wantsAFewProductsMostOfTheTime() {
    long products = 1_000_000;
    Demand demand = new Demand(products, 5);
    SplittableRandom random = new SplittableRandom(1);
    int among = 0;
    for (int i = 0; i < DRAWS; i++) {
      if (demand.rank(demand.draw(random)) < products / 100) {
        among++;
      }
    }

    assertThat((double) among / DRAWS).isBetween(0.55, 0.8);
  }
}
