package dev.lastunit.catalogue.query;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words that somebody searches for. A product is found when it has, for each term, a word that
 * begins with one of the term's words.
 *
 * <p>Texts are cut by the rules of the projection that wrote the words ({@code
 * dev.lastunit.catalogue.projection.SearchWords}); a test holds the two together.
 *
 * @param terms at most {@value #MOST_TERMS}; empty when the text had no word in it
 */
public record SearchTerms(List<Term> terms) {

  static final int LONGEST_WORD = 64;
  private static final int MOST_TERMS = 10;
  private static final int MOST_WORDS = 16;

  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]{1,64}");

  /**
   * One word that was typed.
   *
   * @param typed the word itself
   * @param meant what else it may stand for
   */
  public record Term(String typed, List<String> meant) {

    /** Copies the list. */
    public Term {
      Objects.requireNonNull(typed, "typed");
      meant = List.copyOf(meant);
    }
  }

  /** Copies the list. */
  public SearchTerms {
    terms = List.copyOf(terms);
  }

  /** What was typed, as it was typed; words after the tenth are passed over. */
  public static SearchTerms typed(String text) {
    List<Term> result = new ArrayList<>();
    for (String word : new LinkedHashSet<>(split(text))) {
      if (result.size() < MOST_TERMS) {
        result.add(new Term(word, singular(word)));
      }
    }
    return new SearchTerms(result);
  }

  /** Lower-case words without accents, in the text's order. */
  static List<String> split(String text) {
    String plain = Normalizer.normalize(text.replace("\0", ""), Normalizer.Form.NFKD);
    String folded = MARKS.matcher(plain).replaceAll("").toLowerCase(Locale.ROOT);
    List<String> result = new ArrayList<>();
    for (String word : BETWEEN_WORDS.split(folded)) {
      if (!word.isEmpty()) {
        result.add(cut(word));
      }
    }
    return result;
  }

  /** Whether there is nothing to look for. */
  public boolean isEmpty() {
    return terms.isEmpty();
  }

  /** The text form of a PostgreSQL {@code tsquery}; words hold letters and digits only. */
  String tsquery() {
    return terms.stream()
        .map(
            term -> {
              // The whole word beside its beginning, so that it ranks before longer ones.
              List<String> any =
                  concat(term.typed(), term.meant()).stream()
                      .map(word -> "'" + word + "':*|'" + word + "'")
                      .toList();
              return "(" + String.join("|", any) + ")";
            })
        .collect(Collectors.joining("&"));
  }

  /** A form for cursors, so that every page of a search looks for the same words. */
  String text() {
    return String.join(
        " ",
        terms.stream().map(term -> String.join("|", concat(term.typed(), term.meant()))).toList());
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException when it is not such a text
   */
  static SearchTerms parse(String text) {
    List<Term> result = new ArrayList<>();
    for (String term : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
      List<String> words = List.of(term.split("\\|", -1));
      for (String word : words) {
        if (!WORD.matcher(word).matches()) {
          throw new IllegalArgumentException("Not a word: " + word);
        }
      }
      if (words.size() > MOST_WORDS) {
        throw new IllegalArgumentException("Too many words");
      }
      result.add(new Term(words.getFirst(), words.subList(1, words.size())));
    }
    if (result.size() > MOST_TERMS) {
      throw new IllegalArgumentException("Too many terms");
    }
    return new SearchTerms(result);
  }

  /** The same terms, some of which may stand for other words too. */
  SearchTerms meaning(List<List<String>> meant) {
    List<Term> result = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      Set<String> words = new LinkedHashSet<>(terms.get(i).meant());
      for (String word : meant.get(i)) {
        words.add(word);
        words.addAll(singular(word));
      }
      words.remove(terms.get(i).typed());
      result.add(new Term(terms.get(i).typed(), words.stream().limit(MOST_WORDS - 1L).toList()));
    }
    return new SearchTerms(result);
  }

  /** An English plural finds the singular too; the other way the beginning does. */
  private static List<String> singular(String word) {
    return word.length() > 3 && word.endsWith("s") && !word.endsWith("ss")
        ? List.of(word.substring(0, word.length() - 1))
        : List.of();
  }

  private static String cut(String word) {
    if (word.length() <= LONGEST_WORD) {
      return word;
    }
    boolean splitsPair = Character.isHighSurrogate(word.charAt(LONGEST_WORD - 1));
    return word.substring(0, splitsPair ? LONGEST_WORD - 1 : LONGEST_WORD);
  }

  private static List<String> concat(String first, List<String> rest) {
    List<String> result = new ArrayList<>(rest.size() + 1);
    result.add(first);
    result.addAll(rest);
    return result;
  }
}
