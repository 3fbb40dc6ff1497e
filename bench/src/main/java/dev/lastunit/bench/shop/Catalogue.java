package dev.lastunit.bench.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Products of our own making, the same in every run; the first one is the hot one. */
public final class Catalogue {

  /** Units of each SKU; more than any run can sell. */
  public static final int UNITS = 10_000_000;

  private static final long SEED = 20261124;

  private static final List<String> ADJECTIVES =
      List.of(
          "red", "blue", "wooden", "small", "large", "vintage", "modern", "silver", "paper",
          "glass", "cotton", "round", "square", "floral", "plain", "striped");

  private static final List<String> NOUNS =
      List.of(
          "mug", "lantern", "clock", "cushion", "basket", "candle", "frame", "bowl", "lamp",
          "plate", "bag", "box", "card", "mirror", "vase", "tray");

  private Catalogue() {}

  /** So many of them. */
  public static List<Product> generate(int size) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Product> products = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      String name = pick(ADJECTIVES, random) + " " + pick(ADJECTIVES, random) + " " + noun(random);
      products.add(
          new Product(
              sku(i),
              name,
              "A " + name + " for every home",
              "Brand " + i % 40,
              "home/" + NOUNS.get(i % NOUNS.size()),
              100 + random.nextInt(9_900)));
    }
    return products;
  }

  /** A SKU by its number, from 0. */
  public static String sku(int number) {
    return String.format(Locale.ROOT, "B%06d", number);
  }

  /** Two words that some products have. */
  static String words(SplittableRandom random) {
    return pick(ADJECTIVES, random) + " " + noun(random);
  }

  private static String noun(SplittableRandom random) {
    return pick(NOUNS, random);
  }

  private static String pick(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }
}
