package dev.lastunit.catalogue.query.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.util.BytesRef;

/**
 * The values of one facet in all segments, each with a number that stays. A segment numbers its own
 * values; how its numbers translate is found out once for each segment, so that counting neither
 * compares texts nor has to begin anew when the index changes.
 *
 * <p>Thread-safe. Memory: about 100 bytes for each value, of which it takes up to {@link #MOST};
 * products with one beyond these are not counted there.
 */
final class FacetValues {

  static final int MOST = 500_000;

  private static final int NONE = -1;
  private static final int MOST_WORDS = 10;

  private final String field;
  private final boolean many;
  private final Map<IndexReader.CacheKey, int[]> translations = new ConcurrentHashMap<>();

  /** Under the lock of {@code this}. */
  private final Map<BytesRef, Integer> numbers = new HashMap<>();

  /** Under the lock of {@code this}. */
  private final List<Value> values = new ArrayList<>();

  /**
   * A value.
   *
   * @param words its words, folded
   */
  record Value(String text, List<String> words) {}

  /**
   * @param many whether a product may have several
   */
  FacetValues(String field, boolean many) {
    this.field = field;
    this.many = many;
  }

  /** Whether a product may have several. */
  boolean many() {
    return many;
  }

  String field() {
    return field;
  }

  synchronized Value value(int number) {
    return values.get(number);
  }

  /** By a segment's number of a value the number here, negative when there was no room. */
  int[] translation(LeafReader segment) throws IOException {
    IndexReader.CacheHelper cache = segment.getCoreCacheHelper();
    int[] known = translations.get(cache.getKey());
    if (known != null) {
      return known;
    }
    int[] made = translate(segment);
    if (translations.putIfAbsent(cache.getKey(), made) == null) {
      cache.addClosedListener(translations::remove);
    }
    return made;
  }

  private int[] translate(LeafReader segment) throws IOException {
    if (many) {
      SortedSetDocValues each = DocValues.getSortedSet(segment, field);
      int[] result = new int[Math.toIntExact(each.getValueCount())];
      for (int i = 0; i < result.length; i++) {
        result[i] = number(each.lookupOrd(i));
      }
      return result;
    }
    SortedDocValues each = DocValues.getSorted(segment, field);
    int[] result = new int[each.getValueCount()];
    for (int i = 0; i < result.length; i++) {
      result[i] = number(each.lookupOrd(i));
    }
    return result;
  }

  private synchronized int number(BytesRef value) {
    Integer known = numbers.get(value);
    if (known != null) {
      return known;
    }
    if (values.size() == MOST) {
      return NONE;
    }
    String text = value.utf8ToString();
    numbers.put(BytesRef.deepCopyOf(value), values.size());
    values.add(
        new Value(text, List.copyOf(Words.split(text.substring(text.lastIndexOf('/') + 1), 10))));
    return values.size() - 1;
  }
}
