package dev.lastunit.catalogue.query;

import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.RecentReads;
import dev.lastunit.shared.query.web.Cursor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Reads listed products. A delisted product is not there for any of these reads.
 *
 * <p>Rows are as new as the position that comes with them, or newer. Facets and the tree of
 * categories may be up to {@link #COUNTS_AGE} older, but never older than the position that the
 * reader asked for. Thread-safe; never blocks; errors are the database's or READ_MODEL_BEHIND, and
 * a repeat is safe.
 */
public final class CatalogueReads {

  /** The processor that writes the model; the key of its position. */
  public static final String MODEL = "catalogue.products";

  /** How old counts may be that many readers share. */
  static final Duration COUNTS_AGE = Duration.ofSeconds(1);

  private static final int KEPT_COUNTS = 500;

  private static final String CATEGORIES =
      """
      select path, count(*) as products from catalogue.product, unnest(category_path) as path
      group by path
      """;

  private final DatabaseClient database;
  private final ReadModelGate gate;
  private final ProductSearch search;
  private final Spelling spelling;
  private final RecentReads<FacetQuestion, Facets> facets =
      new RecentReads<>(COUNTS_AGE, KEPT_COUNTS);
  private final RecentReads<String, List<Category>> categories = new RecentReads<>(COUNTS_AGE, 1);

  /** What can be counted. */
  public enum Facet {
    CATEGORY,
    BRAND,
    PRICE
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
   */
  public record Products(List<ProductCard> items, Facets facets, String next, long position) {}

  /**
   * What was read.
   *
   * @param value null when there is no such thing
   * @param position how far the model was at least
   */
  public record Found<T>(T value, long position) {}

  private record FacetQuestion(
      Optional<SearchTerms> terms, ProductFilter filter, Set<Facet> facets) {}

  CatalogueReads(DatabaseClient database, ReadModelGate gate) {
    this.database = database;
    this.gate = gate;
    this.search = new ProductSearch(database);
    this.spelling = new Spelling(database);
  }

  /**
   * Lists products.
   *
   * @param minPosition what the model must have reached
   * @return fails with INVALID_FIELD when the cursor is none of this list
   */
  public Mono<Products> list(ListProducts wanted, long minPosition) {
    return Mono.defer(
        () -> {
          boolean searched = wanted.text() != null;
          ProductSort sort =
              wanted.sort() == ProductSort.RELEVANCE && !searched
                  ? ProductSort.NEWEST
                  : wanted.sort();
          Optional<Cursor> after =
              Optional.ofNullable(wanted.cursor())
                  .map(text -> Cursor.read(text, ProductSearch.kind(sort), 3));
          // Later pages look for the same words as the first one, also for corrected ones.
          Optional<SearchTerms> terms =
              !searched
                  ? Optional.empty()
                  : after
                      .map(cursor -> cursor.as(0, SearchTerms::parse))
                      .or(() -> Optional.of(SearchTerms.typed(wanted.text())));
          return gate.reached(MODEL, minPosition)
              .flatMap(position -> list(wanted, sort, after, terms, minPosition, position));
        });
  }

  private Mono<Products> list(
      ListProducts wanted,
      ProductSort sort,
      Optional<Cursor> after,
      Optional<SearchTerms> typed,
      long minPosition,
      long position) {
    Mono<ProductSearch.Rows> asTyped =
        search.rows(typed, wanted.filter(), sort, after, wanted.limit());
    Mono<ProductSearch.Rows> rows =
        typed.isEmpty() || typed.get().isEmpty() || after.isPresent()
            ? asTyped
            : asTyped.flatMap(
                found ->
                    found.cards().isEmpty()
                        ? corrected(typed.get(), found, wanted, sort)
                        : Mono.just(found));
    return rows.flatMap(
        found ->
            counts(found.terms(), wanted, minPosition, position)
                .map(
                    counts ->
                        new Products(found.cards(), counts.orElse(null), found.next(), position)));
  }

  /** Another try with what the words may mean, when no product at all has them as they are. */
  private Mono<ProductSearch.Rows> corrected(
      SearchTerms typed, ProductSearch.Rows nothing, ListProducts wanted, ProductSort sort) {
    return search
        .anyHas(typed)
        .flatMap(
            exists ->
                exists
                    ? Mono.just(nothing)
                    : spelling
                        .corrected(typed)
                        .flatMap(
                            meant ->
                                search.rows(
                                    Optional.of(meant),
                                    wanted.filter(),
                                    sort,
                                    Optional.empty(),
                                    wanted.limit())));
  }

  private Mono<Optional<Facets>> counts(
      Optional<SearchTerms> terms, ListProducts wanted, long minPosition, long position) {
    if (wanted.facets().isEmpty()) {
      return Mono.just(Optional.empty());
    }
    return facets
        .get(
            new FacetQuestion(terms, wanted.filter(), wanted.facets()),
            minPosition,
            position,
            search.facets(terms, wanted.filter(), wanted.facets()))
        .map(Optional::of);
  }

  /** The roots of the tree of categories, by name. */
  public Mono<Found<List<Category>>> categories(long minPosition) {
    Mono<List<Category>> read =
        database
            .sql(CATEGORIES)
            .map(row -> Map.entry(row.get("path", String.class), row.get("products", Long.class)))
            .all()
            .collectMap(Map.Entry::getKey, Map.Entry::getValue)
            .map(counts -> tree(new TreeMap<>(counts), ""));
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                categories
                    .get("all", minPosition, position, read)
                    .map(roots -> new Found<>(roots, position)));
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
}
