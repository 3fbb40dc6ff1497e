package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.catalogue.query.ProductFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SynonymQuery;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/**
 * Builds the index's queries from words and filters. What people type becomes terms and nothing
 * else: no query language is read, so that no text can mean anything but its words.
 *
 * <p>Made for one request.
 */
final class ProductQueries {

  private static final float ARTICLE_NUMBER = 64;
  private static final float NAME = 4;
  private static final float BRAND = 3;
  private static final float CATEGORY = 2;
  private static final float ATTRIBUTES = 1.5f;

  /**
   * How well a stem fits, or two words for one; and a word that only begins so or is meant. The
   * word itself has 1, and what it makes with its neighbour.
   */
  private static final float STEM = 0.5f;

  private static final float OTHER = 0.25f;

  /**
   * A word of so many letters that only so many products have may be another's mistake, if some
   * times as many have the other.
   */
  private static final int SHORTEST_RARE = 6;

  private static final int RARE = 3;
  private static final int MORE_FREQUENT = 5;

  /** Words with a beginning that are looked for to rank, beyond those that decide what is found. */
  private static final int MOST_RANKED = 16;

  private final Vocabulary vocabulary;
  private final Words.Stems stems = new Words.Stems();

  ProductQueries(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** What the words say. */
  record Text(Query found, List<Query> ranked) {}

  /**
   * The words with what they may mean, each as it has to be.
   *
   * @param all whether also words that exist may be mistyped
   */
  TypedWords corrected(TypedWords typed, boolean all) throws IOException {
    List<List<String>> meant = new ArrayList<>();
    for (int i = 0; i < typed.words().size(); i++) {
      String word = typed.words().get(i).typed();
      boolean beginning = typed.isBeginning(i);
      List<String> other = new ArrayList<>();
      String parts = vocabulary.split(word);
      if (parts != null) {
        other.add(parts);
      }
      if (all || parts == null && !exists(typed, i)) {
        other.addAll(vocabulary.meantBy(word, beginning, 0));
      } else if (word.length() >= SHORTEST_RARE && vocabulary.products(word) <= RARE) {
        other.addAll(vocabulary.meantBy(word, false, MORE_FREQUENT * vocabulary.products(word)));
      }
      meant.add(other);
    }
    return typed.meaning(meant);
  }

  private boolean exists(TypedWords typed, int index) throws IOException {
    String word = typed.words().get(index).typed();
    for (String any : List.of(word, stems.of(word))) {
      if (vocabulary.products(any) > 0) {
        return true;
      }
    }
    for (String any : joined(typed, index)) {
      if (vocabulary.products(any) > 0) {
        return true;
      }
    }
    return typed.isBeginning(index) && !vocabulary.begunBy(word).isEmpty();
  }

  /**
   * What a word makes with the one before and the one after it, which products may write as one.
   */
  private static List<String> joined(TypedWords typed, int index) {
    List<String> joined = new ArrayList<>();
    String word = typed.words().get(index).typed();
    if (index > 0) {
      joined.add(typed.words().get(index - 1).typed() + word);
    }
    if (index < typed.words().size() - 1) {
      joined.add(word + typed.words().get(index + 1).typed());
    }
    return joined;
  }

  /** What has the words, and how it ranks. */
  Text text(TypedWords typed, String typedText) throws IOException {
    BooleanQuery.Builder found = new BooleanQuery.Builder();
    List<Query> ranked = new ArrayList<>();
    int required = 0;
    for (int i = 0; i < typed.words().size(); i++) {
      Map<String, Float> fits = fits(typed, i);
      List<String> begun =
          typed.isBeginning(i) ? vocabulary.begunBy(typed.words().get(i).typed()) : List.of();
      List<List<String>> parts = parts(typed.words().get(i));
      if (typed.isRequired(i)) {
        required++;
        found.add(
            found(fits.keySet(), begun, parts), typed.allButOne() ? Occur.SHOULD : Occur.FILTER);
      }
      ranked.add(ranked(fits, begun));
      parts.forEach(
          both -> both.forEach(part -> ranked.add(ranked(Map.of(part, STEM), List.of()))));
    }
    ranked.add(
        new BoostQuery(
            new ConstantScoreQuery(
                new TermQuery(
                    new Term(
                        Fields.SKU_FOLDED,
                        Words.cut(Words.fold(typedText).strip(), 2 * Words.LONGEST)))),
            ARTICLE_NUMBER));
    if (typed.allButOne()) {
      found.setMinimumNumberShouldMatch(Math.max(1, required - 1));
    }
    return new Text(found.build(), ranked);
  }

  private static Query found(Set<String> words, List<String> begun, List<List<String>> parts) {
    Set<String> any = new LinkedHashSet<>(words);
    any.addAll(begun);
    Query one = any(Fields.TEXT, any);
    if (parts.isEmpty()) {
      return one;
    }
    BooleanQuery.Builder either = new BooleanQuery.Builder().add(one, Occur.SHOULD);
    for (List<String> both : parts) {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      both.forEach(part -> all.add(any(Fields.TEXT, Set.of(part)), Occur.FILTER));
      either.add(all.build(), Occur.SHOULD);
    }
    return either.build();
  }

  /** Two words each, which the word may be written as. */
  private static List<List<String>> parts(TypedWords.Word word) {
    return word.meant().stream()
        .filter(other -> other.indexOf('+') > 0)
        .map(other -> List.of(other.split("\\+")))
        .toList();
  }

  /** Words that stand for one, with how well they fit. */
  private Map<String, Float> fits(TypedWords typed, int index) {
    TypedWords.Word word = typed.words().get(index);
    Map<String, Float> fits = new LinkedHashMap<>();
    fits.put(word.typed(), 1f);
    fits.putIfAbsent(stems.of(word.typed()), STEM);
    for (String joined : joined(typed, index)) {
      fits.putIfAbsent(joined, 1f);
      fits.putIfAbsent(stems.of(joined), STEM);
    }
    for (String other : word.meant()) {
      if (other.indexOf('+') < 0) {
        fits.putIfAbsent(other, OTHER);
        fits.putIfAbsent(stems.of(other), OTHER);
      }
    }
    return fits;
  }

  private static Query ranked(Map<String, Float> fits, List<String> begun) {
    Map<String, Float> inName = new LinkedHashMap<>(fits);
    begun.stream().limit(MOST_RANKED).forEach(word -> inName.putIfAbsent(word, OTHER));
    return new DisjunctionMaxQuery(
        List.of(
            ranked(Fields.NAME, NAME, inName),
            ranked(Fields.BRAND, BRAND, fits),
            ranked(Fields.CATEGORY, CATEGORY, fits),
            ranked(Fields.ATTRIBUTES, ATTRIBUTES, fits)),
        0);
  }

  private static Query ranked(String field, float boost, Map<String, Float> fits) {
    SynonymQuery.Builder query = new SynonymQuery.Builder(field);
    fits.forEach((word, fit) -> query.addTerm(new Term(field, word), fit));
    return new BoostQuery(query.build(), boost);
  }

  private static Query any(String field, Set<String> values) {
    if (values.size() == 1) {
      return new TermQuery(new Term(field, values.iterator().next()));
    }
    return new TermInSetQuery(field, values.stream().map(BytesRef::new).toList());
  }

  /**
   * What matches words and filters.
   *
   * @param text null when there are no words
   * @param but the facet whose own filter is left out; null for none
   */
  static Query matching(Text text, ProductFilter filter, Facet but) {
    List<Query> all = new ArrayList<>();
    if (text != null) {
      all.add(text.found());
    }
    if (!filter.categories().isEmpty() && but != Facet.CATEGORY) {
      all.add(any(Fields.CATEGORY_IS, new LinkedHashSet<>(filter.categories())));
    }
    if (!filter.brands().isEmpty() && but != Facet.BRAND) {
      all.add(any(Fields.BRAND_IS, new LinkedHashSet<>(filter.brands())));
    }
    if ((filter.minPrice() != null || filter.maxPrice() != null) && but != Facet.PRICE) {
      all.add(
          LongField.newRangeQuery(
              Fields.PRICE,
              filter.minPrice() == null ? Long.MIN_VALUE : filter.minPrice(),
              filter.maxPrice() == null ? Long.MAX_VALUE : filter.maxPrice()));
    }
    if (but != Facet.ATTRIBUTES) {
      attributes(filter).values().forEach(any -> all.add(any(Fields.ATTRIBUTE_IS, any)));
    }
    if (filter.inStock() && but != Facet.IN_STOCK) {
      all.add(
          NumericDocValuesField.newSlowRangeQuery(
              Fields.STATUS, StockStatus.LOW.ordinal(), StockStatus.IN_STOCK.ordinal()));
    }
    if (all.isEmpty()) {
      return MatchAllDocsQuery.INSTANCE;
    }
    if (all.size() == 1) {
      return all.getFirst();
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    all.forEach(part -> query.add(part, Occur.FILTER));
    return query.build();
  }

  /** The same with scores. */
  static Query ranking(Text text, Query matching) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    query.add(matching, Occur.FILTER);
    text.ranked().forEach(part -> query.add(part, Occur.SHOULD));
    return query.build();
  }

  /** Values of one attribute are alternatives, different attributes must all be there. */
  private static Map<String, Set<String>> attributes(ProductFilter filter) {
    Map<String, Set<String>> byName = new LinkedHashMap<>();
    for (String pair : filter.attributes()) {
      String folded = Words.fold(pair);
      byName
          .computeIfAbsent(folded.substring(0, folded.indexOf(':')), name -> new LinkedHashSet<>())
          .add(folded);
    }
    return byName;
  }
}
