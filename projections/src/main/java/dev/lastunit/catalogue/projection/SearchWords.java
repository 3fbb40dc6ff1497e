package dev.lastunit.catalogue.projection;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.shared.api.Sku;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Cuts a product's texts into the words that it is found by. Done here and not by the database, so
 * that the result does not hang on the locale of the server.
 *
 * <p>The query side cuts what people type by the same rules ({@code
 * dev.lastunit.catalogue.query.SearchTerms}); a test there holds the two together.
 */
final class SearchWords {

  /** Longer words are cut off; nobody types them. */
  static final int LONGEST = 64;

  private static final int SORT_NAME_LENGTH = 200;

  /** Words of a description after these are not searched. */
  private static final int DESCRIPTION_WORDS = 2_000;

  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private final StringBuilder vector = new StringBuilder();
  private final Set<String> words = new TreeSet<>();
  private int place;

  private SearchWords() {}

  static SearchWords of(Sku sku, ProductDetails details) {
    SearchWords result = new SearchWords();
    result.add(sku.value(), 'A', true);
    result.add(details.name(), 'A', true);
    result.add(details.brand(), 'B', true);
    result.add(details.category(), 'C', true);
    details.attributes().keySet().stream()
        .sorted()
        .forEach(name -> result.add(details.attributes().get(name), 'C', true));
    result.add(details.description(), 'D', false);
    return result;
  }

  /** Lower-case words without accents, in the text's order; empty for null. */
  static List<String> split(String text) {
    List<String> result = new ArrayList<>();
    if (text != null) {
      for (String word : BETWEEN_WORDS.split(folded(text))) {
        if (!word.isEmpty()) {
          result.add(cut(word, LONGEST));
        }
      }
    }
    return result;
  }

  /** What the sort by name compares: lower case, no accents, at most 200 characters. */
  static String sortName(String name) {
    return cut(folded(name).strip(), SORT_NAME_LENGTH);
  }

  /** The text form of a PostgreSQL {@code tsvector}. */
  String vector() {
    return vector.toString();
  }

  /** The words that a mistyped word may have meant, each once: all but the description's. */
  Set<String> words() {
    return words;
  }

  private void add(String text, char weight, boolean meant) {
    int count = 0;
    for (String word : split(text)) {
      if (weight == 'D' && ++count > DESCRIPTION_WORDS) {
        return;
      }
      place++;
      // A word holds letters and digits only, so it needs no escape inside the quotes.
      vector.append('\'').append(word).append("':").append(place).append(weight).append(' ');
      if (meant) {
        words.add(word);
      }
    }
  }

  private static String folded(String text) {
    // PostgreSQL cannot store the character 0.
    String plain = Normalizer.normalize(text.replace("\0", ""), Normalizer.Form.NFKD);
    return MARKS.matcher(plain).replaceAll("").toLowerCase(Locale.ROOT);
  }

  /** Cuts between characters, never inside a surrogate pair. */
  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }
}
