package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.catalogue.query.Facets;
import dev.lastunit.catalogue.query.ProductFilter;
import dev.lastunit.catalogue.query.ProductSort;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.web.Cursor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.LongField;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.util.BytesRef;
import reactor.core.publisher.Mono;

/**
 * Finds, orders and counts products in this node's index. Answers SKUs; what a list shows of them
 * is read elsewhere.
 *
 * <p>Thread-safe; never blocks the caller. Everything may fail with READ_MODEL_BEHIND, OVERLOADED
 * or QUERY_TOO_SLOW; a repeat is safe.
 */
public final class ProductSearch {

  /** Scores are multiples of this, see {@link WordScores}, so that a cursor holds them exactly. */
  private static final float SCORE_STEPS = 256;

  /** Categories, and brands, among suggestions. */
  private static final int MOST_VALUES_SUGGESTED = 3;

  private final ProductIndex index;
  private final ReadModelGate gate;
  private final SearchThreads threads;
  private final Duration limit;
  private final FacetCounts counts = new FacetCounts();

  /**
   * What to find.
   *
   * @param text what was typed; null for no search
   * @param cursor of the page before, as the client sent it; null for the first page
   * @param limit products of the page
   * @param facets what to count
   */
  public record Wanted(
      String text,
      ProductFilter filter,
      ProductSort sort,
      String cursor,
      int limit,
      Set<Facet> facets) {}

  /**
   * A page.
   *
   * @param facets null when nothing was to be counted
   * @param next null on the last page
   * @param position that the index had reached at least
   */
  public record Found(List<String> skus, Facets facets, String next, long position) {}

  /**
   * Products by category, each level with what is below it.
   *
   * @param counts by path
   */
  public record Categories(Map<String, Long> counts, long position) {}

  /**
   * What somebody may be about to type.
   *
   * @param categories paths
   * @param skus of products, the best first
   */
  public record Suggested(
      List<String> categories, List<String> brands, List<String> skus, long position) {}

  /** Something that is done with the index. */
  private interface Search<T> {
    T on(IndexSearcher searcher, Deadline deadline, long position) throws IOException;
  }

  ProductSearch(ProductIndex index, ReadModelGate gate, SearchThreads threads, Duration limit) {
    this.index = index;
    this.gate = gate;
    this.threads = threads;
    this.limit = limit;
  }

  /**
   * A page of the products that match.
   *
   * @return fails with INVALID_FIELD when the cursor is none of this list
   */
  public Mono<Found> find(Wanted wanted, long minPosition) {
    return Mono.defer(
        () -> {
          boolean searched = wanted.text() != null;
          ProductSort sort =
              wanted.sort() == ProductSort.RELEVANCE && !searched
                  ? ProductSort.NEWEST
                  : wanted.sort();
          Optional<Page> after =
              Optional.ofNullable(wanted.cursor()).map(text -> Page.read(text, sort, searched));
          return run(
              minPosition,
              (searcher, deadline, position) ->
                  find(wanted, sort, after, searcher, deadline, position));
        });
  }

  /** Products by category. */
  public Mono<Categories> categories(long minPosition) {
    return run(
        minPosition,
        (searcher, deadline, position) ->
            new Categories(
                FacetCounts.withLevelsAbove(
                    counts.all(searcher, MatchAllDocsQuery.INSTANCE, Facet.CATEGORY, deadline)),
                position));
  }

  /**
   * What begins with what was typed.
   *
   * @param limit products
   */
  public Mono<Suggested> suggest(String text, int products, long minPosition) {
    return run(
        minPosition,
        (searcher, deadline, position) -> {
          TypedWords typed = TypedWords.of(text);
          if (typed.isEmpty()) {
            return new Suggested(List.of(), List.of(), List.of(), position);
          }
          List<String> words = typed.words().stream().map(TypedWords.Word::typed).toList();
          Wanted wanted =
              new Wanted(text, ProductFilter.NONE, ProductSort.RELEVANCE, null, products, Set.of());
          return new Suggested(
              categoriesBegunBy(words, searcher, deadline),
              brandsBegunBy(words, searcher, deadline),
              find(wanted, ProductSort.RELEVANCE, Optional.empty(), searcher, deadline, position)
                  .skus(),
              position);
        });
  }

  private <T> Mono<T> run(long minPosition, Search<T> search) {
    return Mono.using(
        () -> index.await(minPosition),
        waiting ->
            gate.reached(index::position, minPosition)
                .flatMap(position -> threads.run(() -> onSnapshot(position, search))),
        Runnable::run);
  }

  private <T> T onSnapshot(long position, Search<T> search) throws IOException {
    Deadline deadline = new Deadline(limit);
    try (Snapshot snapshot =
        index
            .snapshot()
            .orElseThrow(
                () ->
                    new Problem(
                        ErrorCode.READ_MODEL_BEHIND,
                        "The search index is being built; try again"))) {
      return search.on(snapshot.searcher(deadline), deadline, position);
    }
  }

  private Found find(
      Wanted wanted,
      ProductSort sort,
      Optional<Page> after,
      IndexSearcher searcher,
      Deadline deadline,
      long position)
      throws IOException {
    TypedWords typed = null;
    ProductQueries.Text text = null;
    List<FieldDoc> hits;
    if (wanted.text() == null) {
      hits = hits(null, wanted, sort, after, searcher, deadline);
    } else {
      ProductQueries queries =
          new ProductQueries(new Vocabulary(searcher.getIndexReader(), Fields.TEXT, deadline));
      typed =
          after.isPresent()
              ? after.get().words()
              : queries.corrected(TypedWords.of(wanted.text()), false);
      if (typed.isEmpty()) {
        return new Found(List.of(), counts.nothing(wanted.facets()), null, position);
      }
      text = queries.text(typed, wanted.text());
      hits = hits(text, wanted, sort, after, searcher, deadline);
      if (hits.isEmpty() && after.isEmpty() && !anyHas(text, searcher, deadline)) {
        typed = queries.corrected(typed, true);
        text = queries.text(typed, wanted.text());
        if (!anyHas(text, searcher, deadline)) {
          typed = typed.orAllButOne();
          text = queries.text(typed, wanted.text());
        }
        hits = hits(text, wanted, sort, after, searcher, deadline);
      }
    }
    Facets counted =
        wanted.facets().isEmpty()
            ? null
            : counts.count(searcher, text, wanted.filter(), wanted.facets(), deadline);
    List<String> skus =
        hits.stream().limit(wanted.limit()).map(hit -> text(hit.fields[1])).toList();
    String next =
        hits.size() <= wanted.limit()
            ? null
            : Page.of(hits.get(wanted.limit() - 1), typed, sort).cursor(sort);
    return new Found(skus, counted, next, position);
  }

  /** One more than the page has tells whether there is another page. */
  private static List<FieldDoc> hits(
      ProductQueries.Text text,
      Wanted wanted,
      ProductSort sort,
      Optional<Page> after,
      IndexSearcher searcher,
      Deadline deadline)
      throws IOException {
    Query matching = ProductQueries.matching(text, wanted.filter(), null);
    Query query = sort == ProductSort.RELEVANCE ? ProductQueries.ranking(text, matching) : matching;
    int size = wanted.limit() + 1;
    ScoreDoc[] found =
        searcher.search(
                query,
                new TopFieldCollectorManager(
                    order(sort), size, after.map(Page::lastHit).orElse(null), size))
            .scoreDocs;
    if (searcher.timedOut()) {
      throw deadline.passed();
    }
    List<FieldDoc> hits = new ArrayList<>(found.length);
    for (ScoreDoc hit : found) {
      hits.add((FieldDoc) hit);
    }
    return hits;
  }

  private static boolean anyHas(ProductQueries.Text text, IndexSearcher searcher, Deadline deadline)
      throws IOException {
    boolean any = searcher.search(text.found(), 1).scoreDocs.length > 0;
    if (searcher.timedOut()) {
      throw deadline.passed();
    }
    return any;
  }

  private static Sort order(ProductSort sort) {
    boolean descending = sort == ProductSort.PRICE_DESCENDING || sort == ProductSort.NEWEST;
    SortField key =
        switch (sort) {
          case RELEVANCE -> SortField.FIELD_SCORE;
          case PRICE, PRICE_DESCENDING ->
              LongField.newSortField(Fields.PRICE, descending, SortedNumericSelector.Type.MIN);
          case NEWEST ->
              LongField.newSortField(Fields.ADDED, descending, SortedNumericSelector.Type.MIN);
          case NAME -> new SortField(Fields.SORT_NAME, SortField.Type.STRING);
        };
    return new Sort(key, new SortField(Fields.SKU, SortField.Type.STRING, descending));
  }

  /** Of categories the words of the last level count. */
  private List<String> categoriesBegunBy(
      List<String> typed, IndexSearcher searcher, Deadline deadline) throws IOException {
    Map<String, Long> found =
        new HashMap<>(
            FacetCounts.withLevelsAbove(
                counts.all(searcher, MatchAllDocsQuery.INSTANCE, Facet.CATEGORY, deadline)));
    found
        .keySet()
        .removeIf(
            path ->
                !hasAll(
                    Words.split(path.substring(path.lastIndexOf('/') + 1), TypedWords.MOST_WORDS),
                    typed));
    return largest(found);
  }

  private List<String> brandsBegunBy(List<String> typed, IndexSearcher searcher, Deadline deadline)
      throws IOException {
    Map<String, Long> found = new HashMap<>();
    counts
        .all(searcher, MatchAllDocsQuery.INSTANCE, Facet.BRAND, deadline)
        .forEach(
            (brand, products) -> {
              if (hasAll(brand.words(), typed)) {
                found.put(brand.text(), products);
              }
            });
    return largest(found);
  }

  private static List<String> largest(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_VALUES_SUGGESTED)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean hasAll(List<String> words, List<String> typed) {
    for (int i = 0; i < typed.size(); i++) {
      String word = typed.get(i);
      boolean last = i == typed.size() - 1;
      if (words.stream().noneMatch(it -> last ? it.startsWith(word) : it.equals(word))) {
        return false;
      }
    }
    return true;
  }

  private static String text(Object bytes) {
    return ((BytesRef) bytes).utf8ToString();
  }

  /**
   * Where a page ended.
   *
   * @param words what is looked for; null without a search
   * @param key of the last product's order
   * @param sku of the last product
   */
  private record Page(TypedWords words, Object key, String sku) {

    static Page of(FieldDoc last, TypedWords words, ProductSort sort) {
      return new Page(words, last.fields[0], text(last.fields[1]));
    }

    /**
     * Reads what a client sent back.
     *
     * @throws Problem INVALID_FIELD when it is no cursor of this list
     */
    static Page read(String text, ProductSort sort, boolean searched) {
      Cursor cursor = Cursor.read(text, kind(sort), 3);
      TypedWords words = searched ? cursor.as(0, TypedWords::parse) : null;
      Object key =
          switch (sort) {
            case RELEVANCE -> cursor.as(1, Page::score);
            case PRICE, PRICE_DESCENDING, NEWEST -> cursor.number(1);
            case NAME -> new BytesRef(cursor.text(1));
          };
      return new Page(words, key, cursor.text(2));
    }

    private static Float score(String text) {
      int steps = Integer.parseInt(text);
      if (steps < 0) {
        throw new IllegalArgumentException("No score is negative");
      }
      return steps / SCORE_STEPS;
    }

    private static String kind(ProductSort sort) {
      return "products-" + sort.name().toLowerCase(Locale.ROOT);
    }

    String cursor(ProductSort sort) {
      Object part =
          switch (sort) {
            case RELEVANCE -> Math.round((Float) key * SCORE_STEPS);
            case PRICE, PRICE_DESCENDING, NEWEST -> key;
            case NAME -> text(key);
          };
      return Cursor.of(kind(sort), words == null ? "" : words.text(), part, sku).text();
    }

    /** After every product that is equal to it: there is none but itself. */
    FieldDoc lastHit() {
      return new FieldDoc(Integer.MAX_VALUE, 0, new Object[] {key, new BytesRef(sku)});
    }
  }
}
