package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;

/** Makes a product's document. Not thread-safe. */
final class ProductDocuments {

  /** Words of one text after these are not searched. */
  private static final int MOST_WORDS = 2_000;

  private static final FieldType FOUND_BY = type(IndexOptions.DOCS, false);
  private static final FieldType RANKED_BY = type(IndexOptions.DOCS, false);
  private static final FieldType RANKED_BY_LENGTH = type(IndexOptions.DOCS_AND_FREQS, true);

  private final Words.Stems stems = new Words.Stems();

  /**
   * A product's document.
   *
   * @param added position of the event that listed it
   */
  Document of(Sku sku, ProductDetails details, long added, StockStatus status) {
    Document document = new Document();
    document.add(new StringField(Fields.SKU, sku.value(), Field.Store.NO));
    document.add(new SortedDocValuesField(Fields.SKU, new BytesRef(sku.value())));
    document.add(new StringField(Fields.SKU_FOLDED, Words.fold(sku.value()), Field.Store.NO));

    Set<String> all = new HashSet<>();
    addWords(sku.value(), all);
    words(document, Fields.NAME, RANKED_BY_LENGTH, List.of(details.name()), all);
    words(document, Fields.BRAND, RANKED_BY, List.of(details.brand()), all);
    words(document, Fields.CATEGORY, RANKED_BY, List.of(details.category()), all);
    words(document, Fields.ATTRIBUTES, RANKED_BY, details.attributes().values(), all);
    addWords(details.description(), all);
    document.add(new Field(Fields.TEXT, new WordStream(all), FOUND_BY));

    category(document, levels(details.category()));
    if (!details.brand().isEmpty()) {
      document.add(new StringField(Fields.BRAND_IS, details.brand(), Field.Store.NO));
      document.add(new SortedDocValuesField(Fields.BRAND_VALUE, new BytesRef(details.brand())));
    }
    attributes(document, details.attributes());

    long amount = details.price().amount();
    document.add(new LongField(Fields.PRICE, amount, Field.Store.NO));
    document.add(new NumericDocValuesField(Fields.PRICE_RANGE, PriceRanges.of(amount)));
    document.add(new LongField(Fields.ADDED, added, Field.Store.NO));
    document.add(
        new SortedDocValuesField(Fields.SORT_NAME, new BytesRef(Words.sortName(details.name()))));
    document.add(new NumericDocValuesField(Fields.STATUS, status.ordinal()));
    return document;
  }

  private static void category(Document document, List<String> levels) {
    String path = "";
    for (String level : levels) {
      path = path.isEmpty() ? level : path + "/" + level;
      document.add(new StringField(Fields.CATEGORY_IS, path, Field.Store.NO));
    }
    if (!path.isEmpty()) {
      document.add(new SortedDocValuesField(Fields.CATEGORY_VALUE, new BytesRef(path)));
    }
  }

  private static void attributes(Document document, Map<String, String> attributes) {
    new TreeMap<>(attributes)
        .forEach(
            (name, value) -> {
              if (value.length() <= Fields.LONGEST_ATTRIBUTE && !value.isBlank()) {
                String pair = Fields.pair(name, value);
                document.add(
                    new StringField(Fields.ATTRIBUTE_IS, Words.fold(pair), Field.Store.NO));
                document.add(
                    new SortedSetDocValuesField(Fields.ATTRIBUTE_VALUE, new BytesRef(pair)));
              }
            });
  }

  private void words(
      Document document, String field, FieldType type, Iterable<String> texts, Set<String> all) {
    List<String> words = new ArrayList<>();
    for (String text : texts) {
      words.addAll(Words.split(text, MOST_WORDS));
    }
    if (!words.isEmpty()) {
      WordStream stream = new WordStream(words, stems);
      document.add(new Field(field, stream, type));
      all.addAll(stream.words);
    }
  }

  private void addWords(String text, Set<String> all) {
    for (String word : Words.split(text, MOST_WORDS)) {
      all.add(word);
      all.add(stems.of(word));
    }
  }

  /** The category without empty levels: {@code /home//lighting/} is {@code home/lighting}. */
  private static List<String> levels(String category) {
    List<String> levels = new ArrayList<>();
    for (String level : category.split("/")) {
      if (!level.isBlank()) {
        levels.add(level.strip());
      }
    }
    return levels;
  }

  private static FieldType type(IndexOptions options, boolean norms) {
    FieldType type = new FieldType();
    type.setTokenized(true);
    type.setIndexOptions(options);
    type.setOmitNorms(!norms);
    type.freeze();
    return type;
  }

  /** Words that are there already, each with its stem in the same place. */
  private static final class WordStream extends TokenStream {

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
    private final List<String> words = new ArrayList<>();
    private final List<Integer> steps = new ArrayList<>();
    private int next;

    WordStream(Iterable<String> words) {
      words.forEach(word -> add(word, 1));
    }

    WordStream(Iterable<String> words, Words.Stems stems) {
      for (String word : words) {
        add(word, 1);
        String stem = stems.of(word);
        if (!stem.equals(word)) {
          add(stem, 0);
        }
      }
    }

    private void add(String word, int places) {
      words.add(word);
      steps.add(places);
    }

    @Override
    public boolean incrementToken() {
      if (next == words.size()) {
        return false;
      }
      clearAttributes();
      term.append(words.get(next));
      step.setPositionIncrement(steps.get(next++));
      return true;
    }

    @Override
    public void reset() {
      next = 0;
    }
  }
}
