package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.query.ProductCard.AvailabilityAt;
import dev.lastunit.catalogue.query.search.ProductSearch;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.query.ReadModelGate;
import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Reads listed products. A delisted product is not there for any of these reads.
 *
 * <p>Which products a list has, their order and their counts are of the index, what it shows of
 * each is of the rows; both hold at least the position that comes with the list. Thread-safe; never
 * blocks; errors are the database's, READ_MODEL_BEHIND, OVERLOADED or QUERY_TOO_SLOW, and a repeat
 * is safe.
 */
public final class CatalogueReads {

  /** The processor that writes the rows; the key of their position. */
  public static final String MODEL = "catalogue.products";

  private static final String CARDS =
      """
      select p.sku, p.name, p.brand, p.category, p.price_amount, p.price_currency, p.image_url,
        p.changed_position, coalesce(a.available, 0) as available
      from catalogue.product p left join catalogue.availability a on a.sku = p.sku
      where p.sku = any(cast(:skus as text[]))
      """;

  private static final String NAMES =
      "select sku, name from catalogue.product where sku = any(cast(:skus as text[]))";

  private final DatabaseClient database;
  private final ReadModelGate gate;
  private final ProductSearch search;

  /** What can be counted. */
  public enum Facet {
    CATEGORY,
    BRAND,
    PRICE,
    ATTRIBUTES,
    IN_STOCK
  }

  /**
   * What to list.
   *
   * @param text what was typed; null for no search
   * @param sort never null
   * @param limit rows, 1 or more
   * @param cursor of the page before, as the client sent it; null for the first page
   * @param facets what to count
   */
  public record ListProducts(
      String text,
      ProductFilter filter,
      ProductSort sort,
      int limit,
      String cursor,
      Set<Facet> facets) {}

  /**
   * A page of products.
   *
   * @param facets null when nothing was to be counted
   * @param next null on the last page
   * @param position what both the index and the rows hold at least
   */
  public record Products(List<ProductCard> items, Facets facets, String next, long position) {}

  /**
   * What was read.
   *
   * @param value null when there is no such thing
   * @param position how far the model was at least
   */
  public record Found<T>(T value, long position) {}

  CatalogueReads(DatabaseClient database, ReadModelGate gate, ProductSearch search) {
    this.database = database;
    this.gate = gate;
    this.search = search;
  }

  /**
   * Lists products. A page is shorter than it could be when products were delisted meanwhile.
   *
   * @param minPosition what the model must have reached
   * @return fails with INVALID_FIELD when the cursor is none of this list
   */
  public Mono<Products> list(ListProducts wanted, long minPosition) {
    return search
        .find(
            new ProductSearch.Wanted(
                wanted.text(),
                wanted.filter(),
                wanted.sort(),
                wanted.cursor(),
                wanted.limit(),
                wanted.facets()),
            minPosition)
        .flatMap(
            found ->
                gate.reached(MODEL, minPosition)
                    .flatMap(
                        position ->
                            cards(found.skus(), position)
                                .map(
                                    cards ->
                                        new Products(
                                            cards,
                                            found.facets(),
                                            found.next(),
                                            Math.min(position, found.position())))));
  }

  /**
   * Rows of these products, in their order.
   *
   * @param position what the rows have reached before this call
   */
  private Mono<List<ProductCard>> cards(List<String> skus, long position) {
    return bySku(CARDS, skus, row -> card(row, position))
        .map(cards -> skus.stream().map(cards::get).filter(Objects::nonNull).toList());
  }

  /** What of each SKU, in no order; one statement, none for no SKU. */
  private <T> Mono<Map<String, T>> bySku(
      String sql, Collection<String> skus, Function<Readable, T> read) {
    return skus.isEmpty()
        ? Mono.just(Map.of())
        : database
            .sql(sql)
            .bind("skus", skus.toArray(String[]::new))
            .map(row -> Map.entry(row.get("sku", String.class), read.apply(row)))
            .all()
            .collectMap(Map.Entry::getKey, Map.Entry::getValue);
  }

  /**
   * What somebody may be about to type: categories and brands with the most products first, then
   * names of products.
   *
   * @param limit suggestions, 1 or more
   */
  public Mono<Found<List<Suggestion>>> suggestions(String text, int limit, long minPosition) {
    return search
        .suggest(text, limit, minPosition)
        .flatMap(
            suggested ->
                bySku(NAMES, suggested.skus(), row -> row.get("name", String.class))
                    .map(
                        names ->
                            new Found<>(
                                suggestions(suggested, names, limit), suggested.position())));
  }

  private static List<Suggestion> suggestions(
      ProductSearch.Suggested suggested, Map<String, String> names, int limit) {
    List<Suggestion> result = new ArrayList<>();
    for (String path : suggested.categories()) {
      result.add(new Suggestion("category", path.substring(path.lastIndexOf('/') + 1), path));
    }
    suggested.brands().forEach(brand -> result.add(new Suggestion("brand", brand, brand)));
    for (String sku : suggested.skus()) {
      if (names.containsKey(sku)) {
        result.add(new Suggestion("product", names.get(sku), sku));
      }
    }
    return result.stream().limit(limit).toList();
  }

  /** The roots of the tree of categories, by name. */
  public Mono<Found<List<Category>>> categories(long minPosition) {
    return search
        .categories(minPosition)
        .map(found -> new Found<>(tree(new TreeMap<>(found.counts()), ""), found.position()));
  }

  /** Every path that has products comes with all levels above it. */
  private static List<Category> tree(TreeMap<String, Long> counts, String above) {
    List<Category> result = new ArrayList<>();
    counts
        .tailMap(above, false)
        .forEach(
            (path, count) -> {
              if (path.startsWith(above) && path.indexOf('/', above.length()) < 0) {
                result.add(
                    new Category(
                        path,
                        path.substring(above.length()),
                        count,
                        tree(subtree(counts, path + "/"), path + "/")));
              }
            });
    return List.copyOf(result);
  }

  private static TreeMap<String, Long> subtree(TreeMap<String, Long> counts, String above) {
    // '0' follows '/' in the order of characters.
    return new TreeMap<>(counts.subMap(above, above.substring(0, above.length() - 1) + '0'));
  }

  private static ProductCard card(Readable row, long position) {
    return new ProductCard(
        row.get("sku", String.class),
        row.get("name", String.class),
        row.get("brand", String.class),
        row.get("category", String.class),
        new Money(row.get("price_amount", Long.class), row.get("price_currency", String.class)),
        row.get("image_url", String.class),
        AvailabilityAt.of(Availability.of(row.get("available", Long.class)), position),
        row.get("changed_position", Long.class));
  }
}
