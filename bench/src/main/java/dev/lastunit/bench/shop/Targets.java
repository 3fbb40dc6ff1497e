package dev.lastunit.bench.shop;

import dev.lastunit.bench.load.Target;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/** Makes the requests of each workload; what is in a request depends on its number alone. */
public final class Targets {

  private final Address address;
  private final String authorisation;
  private final Ledger ledger;
  private final int products;
  private final List<String> invoices;

  /**
   * Of one shop.
   *
   * @param authorisation headers of the buyer, may be empty
   * @param ledger gets what the shop says of orders
   * @param products size of the catalogue
   * @param invoices for {@link Workload#REAL}; may be empty
   */
  public Targets(
      Address address,
      String authorisation,
      Ledger ledger,
      int products,
      List<Map<String, Integer>> invoices) {
    this.address = address;
    this.authorisation = authorisation;
    this.ledger = ledger;
    this.products = products;
    this.invoices = invoices.stream().map(Orders::items).toList();
  }

  /** For one step: keys of orders are new in each. */
  public Target of(Workload workload) {
    return switch (workload) {
      case ORDERS -> orders(workload, this::twoLines);
      case HOT -> orders(workload, number -> "[" + Orders.item(Catalogue.sku(0), 1) + "]");
      case REAL -> orders(workload, number -> invoices.get((int) (number % invoices.size())));
      case PRODUCT -> new Reads(address, number -> "/v1/products/" + Catalogue.sku(wanted(number)));
      case SEARCH -> new Reads(address, Targets::search);
    };
  }

  private Target orders(Workload workload, LongFunction<String> items) {
    return new Orders(address, authorisation, workload.label(), ledger, items);
  }

  private String twoLines(long number) {
    SplittableRandom random = new SplittableRandom(number);
    int half = products / 2;
    int first = 1 + random.nextInt(half - 1);
    int second = half + random.nextInt(half);
    return "["
        + Orders.item(Catalogue.sku(first), 1)
        + ","
        + Orders.item(Catalogue.sku(second), 1)
        + "]";
  }

  /** Skewed as demand is: about a third of the requests go to a hundredth of the products. */
  private int wanted(long number) {
    return (int) (products * Math.pow(new SplittableRandom(number).nextDouble(), 4));
  }

  private static String search(long number) {
    String words = Catalogue.words(new SplittableRandom(number)).replace(" ", "%20");
    return "/v1/products?q=" + words + "&facets=category,brand,price&limit=24";
  }
}
