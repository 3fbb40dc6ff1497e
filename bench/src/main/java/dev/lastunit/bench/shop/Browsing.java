package dev.lastunit.bench.shop;

import dev.lastunit.bench.catalogue.GeneratedCatalogue;
import dev.lastunit.bench.load.Target;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * What people ask for who look around in a generated catalogue; what is in a request depends on its
 * number alone.
 */
public final class Browsing {

  private static final List<String> SORTS = List.of("price", "-price", "newest", "name");

  private final Address address;
  private final GeneratedCatalogue catalogue;

  public Browsing(Address address, GeneratedCatalogue catalogue) {
    this.address = address;
    this.catalogue = catalogue;
  }

  /** Product pages by demand. */
  public Target products() {
    return reads(random -> "/v1/products/" + GeneratedCatalogue.sku(wanted(random)));
  }

  /**
   * Searches with all facets for words of a product that somebody wants: a manner or colour and the
   * thing. There are some ten thousand different ones.
   */
  public Target searches() {
    return reads(random -> search(GeneratedCatalogue.words(random)));
  }

  /** Searches for one word that very many products have, with all facets. */
  public Target heavySearches() {
    return reads(
        random -> {
          String words = GeneratedCatalogue.words(random);
          return search(words.substring(0, words.indexOf(' ')));
        });
  }

  /** First pages of the category of a product that somebody wants, in every order. */
  public Target categories() {
    return reads(
        random ->
            "/v1/products?limit=24&sort="
                + SORTS.get(random.nextInt(SORTS.size()))
                + "&category="
                + encoded(catalogue.item(wanted(random)).category()));
  }

  private long wanted(SplittableRandom random) {
    return catalogue.demand().draw(random);
  }

  private static String search(String words) {
    return "/v1/products?limit=24&facets=category,brand,price&q=" + encoded(words);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Target reads(Function<SplittableRandom, String> path) {
    return new Reads(address, number -> path.apply(new SplittableRandom(number)));
  }
}
