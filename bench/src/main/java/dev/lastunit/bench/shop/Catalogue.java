package dev.lastunit.bench.shop;

import dev.lastunit.bench.catalogue.GeneratedCatalogue;
import dev.lastunit.bench.catalogue.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Products of our own making, the same in every run; the first one is the hot one. */
public final class Catalogue {

  /** Units of each SKU; more than any run can sell. */
  public static final int UNITS = 10_000_000;

  private static final long SEED = 20261124;

  private Catalogue() {}

  /** So many of them. */
  public static List<Product> generate(int size) {
    GeneratedCatalogue generated = new GeneratedCatalogue(size, SEED);
    List<Product> products = new ArrayList<>(size);
    for (int number = 0; number < size; number++) {
      Item item = generated.item(number);
      products.add(
          new Product(
              item.sku(),
              item.name(),
              item.description(),
              item.brand(),
              item.category(),
              item.pence()));
    }
    return products;
  }

  /** A SKU by its number, from 0. */
  public static String sku(int number) {
    return GeneratedCatalogue.sku(number);
  }

  /** Two words that some products have. */
  static String words(SplittableRandom random) {
    return GeneratedCatalogue.words(random);
  }
}
