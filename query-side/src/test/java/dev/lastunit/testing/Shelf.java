package dev.lastunit.testing;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A product as a test knows it, apart from every model.
 *
 * @param units in stock
 */
public record Shelf(String sku, String name, String brand, String category, long price, int units) {

  private static final List<String> KINDS =
      List.of("Lantern", "Candle", "Teapot", "Umbrella", "Notebook", "Cushion", "Clock", "Bottle");
  private static final List<String> LOOKS =
      List.of("Red", "Vintage", "Ceramic", "Wooden", "Striped", "Enamel", "Retro", "Polka");
  private static final List<String> BRANDS = List.of("Acme", "Fjord", "Hampton", "Kestrel", "");
  private static final List<String> CATEGORIES =
      List.of("home", "home/lighting", "home/kitchen/tea", "garden", "office/paper", "");

  /** So many different products; the same seed gives the same ones. */
  public static List<Shelf> random(long seed, int count) {
    Random random = new Random(seed);
    List<Shelf> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      result.add(
          new Shelf(
              "S-" + (1_000 + i),
              pick(random, LOOKS) + " " + pick(random, KINDS),
              pick(random, BRANDS),
              pick(random, CATEGORIES),
              // Few prices, so that many products share one.
              50L * random.nextInt(60),
              random.nextInt(4) == 0 ? 0 : random.nextInt(12)));
    }
    return result;
  }

  /** What its page says. */
  public ProductDetails details() {
    return new ProductDetails(
        name, "Made to be used", brand, category, new Money(price, "GBP"), Map.of(), null);
  }

  /** That it is listed. */
  public ProductAdded added() {
    return new ProductAdded(new Sku(sku), details());
  }

  /** That its page says this. */
  public ProductChanged changed() {
    return new ProductChanged(new Sku(sku), details());
  }

  /** That its units have arrived. */
  public StockReceived received() {
    return new StockReceived(
        new Sku(sku), new CommandId("c-" + sku), new LocationId("north"), units, null);
  }

  /** That a count was corrected. */
  public static StockAdjusted moved(String sku, int delta) {
    return new StockAdjusted(
        new Sku(sku), new CommandId("m-" + sku), new LocationId("north"), delta, "count");
  }

  private static String pick(Random random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }
}
