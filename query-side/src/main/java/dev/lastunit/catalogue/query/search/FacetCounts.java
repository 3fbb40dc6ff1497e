package dev.lastunit.catalogue.query.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.catalogue.query.Facets;
import dev.lastunit.catalogue.query.ProductFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.search.BulkScorer;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Weight;

/**
 * Counts what matches, for each value of a facet.
 *
 * <p>What a segment of some size counted is kept: a segment changes only by deletions and by stock
 * that changes its status, and while neither has happened its counts stand, however often the index
 * changed elsewhere. So what is asked often, all products or a large category, is counted once.
 *
 * <p>Thread-safe. Memory: kept counts take up to {@link #KEPT_NUMBERS} numbers of 12 bytes.
 */
final class FacetCounts {

  /** Values of a facet beyond these are left out. */
  private static final int MOST_VALUES = 100;

  private static final long KEPT_NUMBERS = 3_000_000;

  /** Smaller segments are counted each time. */
  private static final int SMALLEST_KEPT = 2_048;

  private static final int CHECK_EVERY = 4_095;

  private final Map<Facet, FacetValues> values = new EnumMap<>(Facet.class);
  private final Cache<Counted, SegmentCounts> kept =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_NUMBERS)
          .weigher((Counted key, SegmentCounts counts) -> 40 + counts.numbers.length)
          .build();

  /**
   * What was counted.
   *
   * @param segment its core
   * @param state of what may change of it: deletions, and the whole reader where stock matters
   */
  private record Counted(IndexReader.CacheKey segment, Object state, Facet facet, Query query) {}

  /** Counts by a value's number in {@link FacetValues}, or of a range or status. */
  private record SegmentCounts(int[] numbers, int[] counts) {}

  FacetCounts() {
    values.put(Facet.CATEGORY, new FacetValues(Fields.CATEGORY_VALUE, false));
    values.put(Facet.BRAND, new FacetValues(Fields.BRAND_VALUE, false));
    values.put(Facet.ATTRIBUTES, new FacetValues(Fields.ATTRIBUTE_VALUE, true));
  }

  /**
   * Counts for a list.
   *
   * @param text null when there are no words
   */
  Facets count(
      IndexSearcher searcher,
      ProductQueries.Text text,
      ProductFilter filter,
      Set<Facet> wanted,
      Deadline deadline)
      throws IOException {
    Map<Query, Set<Facet>> passes = new HashMap<>();
    for (Facet facet : wanted) {
      passes
          .computeIfAbsent(
              ProductQueries.matching(text, filter, facet), query -> EnumSet.noneOf(Facet.class))
          .add(facet);
    }
    Map<Facet, Map<Integer, Long>> counts = new EnumMap<>(Facet.class);
    for (Map.Entry<Query, Set<Facet>> pass : passes.entrySet()) {
      boolean ofStock = filter.inStock() && !pass.getValue().equals(Set.of(Facet.IN_STOCK));
      counts.putAll(count(searcher, pass.getKey(), ofStock, pass.getValue(), deadline));
    }
    return facets(counts);
  }

  /** Counts of no products; null when nothing is wanted. */
  Facets nothing(Set<Facet> wanted) {
    if (wanted.isEmpty()) {
      return null;
    }
    Map<Facet, Map<Integer, Long>> none = new EnumMap<>(Facet.class);
    wanted.forEach(facet -> none.put(facet, Map.of()));
    return facets(none);
  }

  /** What all products, or those of a query, have of one facet: by the value. */
  Map<FacetValues.Value, Long> all(
      IndexSearcher searcher, Query query, Facet facet, Deadline deadline) throws IOException {
    Map<FacetValues.Value, Long> result = new HashMap<>();
    FacetValues of = values.get(facet);
    count(searcher, query, false, EnumSet.of(facet), deadline)
        .get(facet)
        .forEach((number, count) -> result.put(of.value(number), count));
    return result;
  }

  /** By the path of a category, the products in it and below. */
  static Map<String, Long> withLevelsAbove(Map<FacetValues.Value, Long> counts) {
    Map<String, Long> result = new HashMap<>();
    counts.forEach(
        (value, count) -> {
          String path = value.text();
          for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            result.merge(path.substring(0, end), count, Long::sum);
          }
        });
    return result;
  }

  private Map<Facet, Map<Integer, Long>> count(
      IndexSearcher searcher, Query query, boolean ofStock, Set<Facet> wanted, Deadline deadline)
      throws IOException {
    Map<Facet, Map<Integer, Long>> sums = new EnumMap<>(Facet.class);
    wanted.forEach(facet -> sums.put(facet, new HashMap<>()));
    Weight weight = null;
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      deadline.check();
      LeafReader segment = leaf.reader();
      Map<Facet, Counted> keys = new EnumMap<>(Facet.class);
      Set<Facet> missing = EnumSet.noneOf(Facet.class);
      for (Facet facet : wanted) {
        Counted key = key(segment, query, ofStock, facet);
        SegmentCounts known = kept.getIfPresent(key);
        if (known == null) {
          missing.add(facet);
          keys.put(facet, key);
        } else {
          add(known, sums.get(facet));
        }
      }
      if (missing.isEmpty()) {
        continue;
      }
      if (weight == null) {
        weight = searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
      }
      Map<Facet, Counter> counters = count(weight, leaf, missing, deadline);
      for (Facet facet : missing) {
        SegmentCounts counted = counters.get(facet).result();
        add(counted, sums.get(facet));
        if (segment.maxDoc() >= SMALLEST_KEPT) {
          kept.put(keys.get(facet), counted);
        }
      }
    }
    return sums;
  }

  private static Counted key(LeafReader segment, Query query, boolean ofStock, Facet facet) {
    Object state =
        ofStock || facet == Facet.IN_STOCK
            ? segment.getReaderCacheHelper().getKey()
            : (Object) segment.numDeletedDocs();
    return new Counted(segment.getCoreCacheHelper().getKey(), state, facet, query);
  }

  private static void add(SegmentCounts counted, Map<Integer, Long> sums) {
    for (int i = 0; i < counted.numbers.length; i++) {
      sums.merge(counted.numbers[i], (long) counted.counts[i], Long::sum);
    }
  }

  private Map<Facet, Counter> count(
      Weight weight, LeafReaderContext leaf, Set<Facet> wanted, Deadline deadline)
      throws IOException {
    Map<Facet, Counter> counters = new EnumMap<>(Facet.class);
    for (Facet facet : wanted) {
      counters.put(facet, counter(leaf.reader(), facet));
    }
    BulkScorer scorer = weight.bulkScorer(leaf);
    if (scorer != null) {
      Counter[] each = counters.values().toArray(Counter[]::new);
      scorer.score(
          new LeafCollector() {
            private int seen;

            @Override
            public void setScorer(Scorable scores) {}

            @Override
            public void collect(int product) throws IOException {
              if ((++seen & CHECK_EVERY) == 0) {
                deadline.check();
              }
              for (Counter counter : each) {
                counter.count(product);
              }
            }
          },
          leaf.reader().getLiveDocs(),
          0,
          DocIdSetIterator.NO_MORE_DOCS);
    }
    return counters;
  }

  private Counter counter(LeafReader segment, Facet facet) throws IOException {
    return switch (facet) {
      case PRICE -> new NumberCounter(segment, Fields.PRICE_RANGE, PriceRanges.COUNT);
      case IN_STOCK -> new NumberCounter(segment, Fields.STATUS, StockStatus.values().length);
      case CATEGORY, BRAND, ATTRIBUTES -> {
        FacetValues of = values.get(facet);
        int[] translation = of.translation(segment);
        yield of.many()
            ? new ManyCounter(segment, of.field(), translation)
            : new ValueCounter(segment, of.field(), translation);
      }
    };
  }

  /** Counts in one segment. */
  private abstract static class Counter {

    final int[] counts;
    private final int[] translation;

    Counter(int size, int[] translation) {
      this.counts = new int[size];
      this.translation = translation;
    }

    abstract void count(int product) throws IOException;

    SegmentCounts result() {
      int size = 0;
      int[] numbers = new int[counts.length];
      int[] some = new int[counts.length];
      for (int i = 0; i < counts.length; i++) {
        int number = translation == null ? i : translation[i];
        if (counts[i] > 0 && number >= 0) {
          numbers[size] = number;
          some[size++] = counts[i];
        }
      }
      return new SegmentCounts(Arrays.copyOf(numbers, size), Arrays.copyOf(some, size));
    }
  }

  private static final class NumberCounter extends Counter {

    private final NumericDocValues numbers;

    NumberCounter(LeafReader segment, String field, int size) throws IOException {
      super(size, null);
      numbers = DocValues.getNumeric(segment, field);
    }

    @Override
    void count(int product) throws IOException {
      if (numbers.advanceExact(product)) {
        counts[(int) numbers.longValue()]++;
      }
    }
  }

  private static final class ValueCounter extends Counter {

    private final SortedDocValues values;

    ValueCounter(LeafReader segment, String field, int[] translation) throws IOException {
      super(translation.length, translation);
      values = DocValues.getSorted(segment, field);
    }

    @Override
    void count(int product) throws IOException {
      if (values.advanceExact(product)) {
        counts[values.ordValue()]++;
      }
    }
  }

  private static final class ManyCounter extends Counter {

    private final SortedSetDocValues values;

    ManyCounter(LeafReader segment, String field, int[] translation) throws IOException {
      super(translation.length, translation);
      values = DocValues.getSortedSet(segment, field);
    }

    @Override
    void count(int product) throws IOException {
      if (values.advanceExact(product)) {
        for (int i = values.docValueCount(); i > 0; i--) {
          counts[(int) values.nextOrd()]++;
        }
      }
    }
  }

  private Facets facets(Map<Facet, Map<Integer, Long>> counts) {
    Map<Integer, Long> categories = counts.get(Facet.CATEGORY);
    Map<Integer, Long> prices = counts.get(Facet.PRICE);
    Map<Integer, Long> statuses = counts.get(Facet.IN_STOCK);
    return new Facets(
        categories == null ? null : largest(withLevelsAbove(texts(Facet.CATEGORY, categories))),
        values(Facet.BRAND, counts),
        prices == null ? null : PriceRanges.counted(byNumber(prices, PriceRanges.COUNT)),
        values(Facet.ATTRIBUTES, counts),
        statuses == null ? null : statuses(statuses));
  }

  private List<Facets.Value> values(Facet facet, Map<Facet, Map<Integer, Long>> counts) {
    Map<Integer, Long> of = counts.get(facet);
    if (of == null) {
      return null;
    }
    Map<String, Long> byText = new HashMap<>();
    texts(facet, of).forEach((value, count) -> byText.put(value.text(), count));
    return largest(byText);
  }

  private Map<FacetValues.Value, Long> texts(Facet facet, Map<Integer, Long> counts) {
    Map<FacetValues.Value, Long> result = new HashMap<>();
    counts.forEach((number, count) -> result.put(values.get(facet).value(number), count));
    return result;
  }

  private static List<Facets.Value> largest(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(entry -> new Facets.Value(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparingLong(Facets.Value::count)
                .reversed()
                .thenComparing(Facets.Value::value))
        .limit(MOST_VALUES)
        .toList();
  }

  private static List<Facets.Value> statuses(Map<Integer, Long> counts) {
    long out = counts.getOrDefault(StockStatus.OUT.ordinal(), 0L);
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    List<Facets.Value> result = new ArrayList<>();
    result.add(new Facets.Value("true", all - out));
    result.add(new Facets.Value("false", out));
    return List.copyOf(result);
  }

  private static long[] byNumber(Map<Integer, Long> counts, int size) {
    long[] result = new long[size];
    counts.forEach((number, count) -> result[number] = count);
    return result;
  }
}
