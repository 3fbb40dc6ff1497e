package dev.lastunit.catalogue.query;

import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.query.web.Cursor;
import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * The statements that list and count products. What a client sends travels as bound parameters
 * only. Thread-safe; never blocks.
 */
final class ProductSearch {

  /** Values of a facet beyond these are left out. */
  private static final int MOST_VALUES = 100;

  /** Lower bounds of the price ranges, in minor units. */
  private static final Long[] PRICE_STEPS = {
    0L,
    100L,
    200L,
    500L,
    1_000L,
    2_000L,
    5_000L,
    10_000L,
    20_000L,
    50_000L,
    100_000L,
    200_000L,
    500_000L,
    1_000_000L
  };

  private static final String CARDS =
      """
      select p.sku, p.name, p.brand, p.category, p.price_amount, p.price_currency, p.image_url,
        p.changed_position, coalesce(a.available, 0) as available, %s as sort_key
      from catalogue.product p left join catalogue.availability a on a.sku = p.sku
      """;

  /** A whole number, so that a cursor holds it exactly. */
  private static final String SCORE =
      """
      cast(1000000 * ts_rank('{0.05, 0.2, 0.5, 1.0}', p.search, cast(:words as tsquery)) as integer)\
      """;

  private static final String COUNTS =
      """
      with found as materialized (
        select p.category_path, p.brand, p.price_amount, %s as in_category, %s as in_brand,
          %s as in_price
        from catalogue.product p %s
        where %s
      )
      """;

  /** Counts equal paths first: there are few, and taking each product's apart costs most. */
  private static final String COUNT_CATEGORY =
      """
      select 'category' as facet, value, 0 as step, cast(sum(same) as bigint) as products
      from (
        select category_path, count(*) as same from found where in_brand and in_price
        group by category_path
      ) paths, unnest(category_path) as value group by value
      """;

  private static final String COUNT_BRAND =
      """
      select 'brand' as facet, brand as value, 0 as step, count(*) as products
      from found where in_category and in_price and brand <> '' group by brand
      """;

  private static final String COUNT_PRICE =
      """
      select 'price' as facet, '' as value,
        width_bucket(price_amount, cast(:steps as bigint[])) as step, count(*) as products
      from found where in_category and in_brand group by 3
      """;

  private static final String ANY =
      """
      select exists (
        select 1 from catalogue.product where search @@ cast(:words as tsquery)) as found
      """;

  private final DatabaseClient database;

  /**
   * A page.
   *
   * @param terms what was looked for; empty without a search
   * @param next null on the last page
   */
  record Rows(Optional<SearchTerms> terms, List<ProductCard> cards, String next) {}

  private record Row(ProductCard card, String key) {}

  private record Count(Facet facet, String value, int step, long products) {}

  ProductSearch(DatabaseClient database) {
    this.database = database;
  }

  /** The kind of the cursors of a sort. */
  static String kind(ProductSort sort) {
    return "products-" + sort.name().toLowerCase(Locale.ROOT);
  }

  /** Whether any product has the words, whatever the filters. */
  Mono<Boolean> anyHas(SearchTerms terms) {
    return database
        .sql(ANY)
        .bind("words", terms.tsquery())
        .map(row -> row.get("found", Boolean.class))
        .one();
  }

  /** A page of the products that match. */
  Mono<Rows> rows(
      Optional<SearchTerms> terms,
      ProductFilter filter,
      ProductSort sort,
      Optional<Cursor> after,
      int limit) {
    if (terms.isPresent() && terms.get().isEmpty()) {
      return Mono.just(new Rows(terms, List.of(), null));
    }
    Map<String, Object> values = new HashMap<>();
    List<String> conditions = new ArrayList<>(matching(terms, filter, values));
    conditions.add(inCategory(filter, values));
    conditions.add(inBrand(filter, values));
    conditions.add(inPrice(filter, values));
    String key = key(sort);
    boolean descending = sort == ProductSort.PRICE_DESCENDING || sort == ProductSort.NEWEST;
    after.ifPresent(
        cursor -> {
          values.put("key", sort == ProductSort.NAME ? cursor.text(1) : (Object) cursor.number(1));
          values.put("sku", cursor.text(2));
          conditions.add(
              sort == ProductSort.RELEVANCE
                  ? "(-" + key + ", p.sku) > (-:key, :sku)"
                  : "(" + key + ", p.sku) " + (descending ? "<" : ">") + " (:key, :sku)");
        });
    String order =
        sort == ProductSort.RELEVANCE
            ? "-" + key + ", p.sku"
            : descending ? key + " desc, p.sku desc" : key + ", p.sku";
    // One row more than the page has tells whether there is another page.
    String sql =
        CARDS.formatted(key)
            + "where "
            + String.join(" and ", conditions)
            + " order by "
            + order
            + " limit "
            + (limit + 1);
    return database
        .sql(sql)
        .bindValues(values)
        .map(ProductSearch::row)
        .all()
        .collectList()
        .map(rows -> page(terms, sort, rows, limit));
  }

  /** Counts of what matches. */
  Mono<Facets> facets(Optional<SearchTerms> terms, ProductFilter filter, Set<Facet> wanted) {
    if (terms.isPresent() && terms.get().isEmpty()) {
      return Mono.just(facets(List.of(), wanted));
    }
    Map<String, Object> values = new HashMap<>();
    String matching = String.join(" and ", matching(terms, filter, values));
    List<String> counts = new ArrayList<>();
    if (wanted.contains(Facet.CATEGORY)) {
      counts.add(COUNT_CATEGORY);
    }
    if (wanted.contains(Facet.BRAND)) {
      counts.add(COUNT_BRAND);
    }
    if (wanted.contains(Facet.PRICE)) {
      counts.add(COUNT_PRICE);
      values.put("steps", PRICE_STEPS);
    }
    String sql =
        COUNTS.formatted(
                inCategory(filter, values),
                inBrand(filter, values),
                inPrice(filter, values),
                filter.inStock() ? "join catalogue.availability a on a.sku = p.sku" : "",
                matching)
            + String.join("union all\n", counts);
    return database
        .sql(sql)
        .bindValues(values)
        .map(
            row ->
                new Count(
                    Facet.valueOf(row.get("facet", String.class).toUpperCase(Locale.ROOT)),
                    row.get("value", String.class),
                    row.get("step", Integer.class),
                    row.get("products", Long.class)))
        .all()
        .collectList()
        .map(found -> facets(found, wanted));
  }

  private static List<String> matching(
      Optional<SearchTerms> terms, ProductFilter filter, Map<String, Object> values) {
    List<String> conditions = new ArrayList<>();
    terms.ifPresentOrElse(
        words -> {
          values.put("words", words.tsquery());
          conditions.add("p.search @@ cast(:words as tsquery)");
        },
        () -> conditions.add("true"));
    if (filter.inStock()) {
      conditions.add("a.available > 0");
    }
    return conditions;
  }

  private static String inCategory(ProductFilter filter, Map<String, Object> values) {
    if (filter.categories().isEmpty()) {
      return "true";
    }
    values.put("categories", filter.categories().toArray(String[]::new));
    return "p.category_path && cast(:categories as text[])";
  }

  private static String inBrand(ProductFilter filter, Map<String, Object> values) {
    if (filter.brands().isEmpty()) {
      return "true";
    }
    values.put("brands", filter.brands().toArray(String[]::new));
    return "p.brand = any(cast(:brands as text[]))";
  }

  private static String inPrice(ProductFilter filter, Map<String, Object> values) {
    List<String> conditions = new ArrayList<>(List.of("true"));
    if (filter.minPrice() != null) {
      values.put("minPrice", filter.minPrice());
      conditions.add("p.price_amount >= :minPrice");
    }
    if (filter.maxPrice() != null) {
      values.put("maxPrice", filter.maxPrice());
      conditions.add("p.price_amount <= :maxPrice");
    }
    return "(" + String.join(" and ", conditions) + ")";
  }

  private static String key(ProductSort sort) {
    return switch (sort) {
      case RELEVANCE -> SCORE;
      case PRICE, PRICE_DESCENDING -> "p.price_amount";
      case NEWEST -> "p.added_position";
      case NAME -> "p.sort_name";
    };
  }

  private static Row row(Readable row) {
    ProductCard card =
        new ProductCard(
            row.get("sku", String.class),
            row.get("name", String.class),
            row.get("brand", String.class),
            row.get("category", String.class),
            new Money(row.get("price_amount", Long.class), row.get("price_currency", String.class)),
            row.get("image_url", String.class),
            Availability.of(row.get("available", Long.class)),
            row.get("changed_position", Long.class));
    return new Row(card, String.valueOf(row.get("sort_key")));
  }

  private static Rows page(
      Optional<SearchTerms> terms, ProductSort sort, List<Row> rows, int limit) {
    List<ProductCard> cards = rows.stream().limit(limit).map(Row::card).toList();
    String next = null;
    if (rows.size() > limit) {
      Row last = rows.get(limit - 1);
      String words = terms.map(SearchTerms::text).orElse("");
      next = Cursor.of(kind(sort), words, last.key(), last.card().sku()).text();
    }
    return new Rows(terms, cards, next);
  }

  private static Facets facets(List<Count> counts, Set<Facet> wanted) {
    return new Facets(
        wanted.contains(Facet.CATEGORY) ? values(counts, Facet.CATEGORY) : null,
        wanted.contains(Facet.BRAND) ? values(counts, Facet.BRAND) : null,
        wanted.contains(Facet.PRICE) ? ranges(counts) : null);
  }

  private static List<Facets.Value> values(List<Count> counts, Facet facet) {
    return counts.stream()
        .filter(count -> count.facet() == facet)
        .map(count -> new Facets.Value(count.value(), count.products()))
        .sorted(
            Comparator.comparingLong(Facets.Value::count)
                .reversed()
                .thenComparing(Facets.Value::value))
        .limit(MOST_VALUES)
        .toList();
  }

  private static List<Facets.PriceRange> ranges(List<Count> counts) {
    return counts.stream()
        .filter(count -> count.facet() == Facet.PRICE)
        .sorted(Comparator.comparingInt(Count::step))
        .map(
            count -> {
              long min = PRICE_STEPS[count.step() - 1];
              Long max = count.step() < PRICE_STEPS.length ? PRICE_STEPS[count.step()] - 1 : null;
              String value = min + "-" + (max == null ? "" : max);
              return new Facets.PriceRange(value, count.products(), min, max);
            })
        .toList();
  }
}
