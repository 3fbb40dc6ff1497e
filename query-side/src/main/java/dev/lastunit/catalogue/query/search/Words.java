package dev.lastunit.catalogue.query.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * Cuts texts into words, the same way for what products say and for what people type: a run of
 * letters and digits, in lower case, without diacritics and ligatures.
 *
 * <p>A word's stem is a word too where that is possible (the stem of {@code candles} is {@code
 * candle}), so that stems and words as they are written share one vocabulary. Stateless.
 */
final class Words {

  /** Longer words are cut off; nobody types them. */
  static final int LONGEST = 64;

  private static final int SORT_NAME_LENGTH = 200;

  private static final Pattern MARKS = Pattern.compile("\\p{M}+");

  private Words() {}

  /** Lower case without diacritics. */
  static String fold(String text) {
    if (isPlain(text)) {
      return text.toLowerCase(Locale.ROOT);
    }
    String plain = Normalizer.normalize(text.replace("\0", ""), Normalizer.Form.NFKD);
    String lower = MARKS.matcher(plain).replaceAll("").toLowerCase(Locale.ROOT);
    // What is a letter of its own and does not decompose: ł, ø, ß.
    char[] letters = lower.toCharArray();
    char[] folded = new char[4 * letters.length];
    int length = ASCIIFoldingFilter.foldToASCII(letters, 0, folded, 0, letters.length);
    return new String(folded, 0, length);
  }

  /** Words in the text's order; at most so many. */
  static List<String> split(String text, int most) {
    List<String> result = new ArrayList<>();
    String folded = fold(text);
    int start = -1;
    for (int i = 0; i <= folded.length(); ) {
      int point = i < folded.length() ? folded.codePointAt(i) : ' ';
      boolean inWord = Character.isLetterOrDigit(point);
      if (inWord && start < 0) {
        start = i;
      } else if (!inWord && start >= 0) {
        result.add(cut(folded.substring(start, i), LONGEST));
        if (result.size() == most) {
          return result;
        }
        start = -1;
      }
      i += Character.charCount(point);
    }
    return result;
  }

  /**
   * Makes stems of English words: the singular by rules, since the stemmer takes plurals that its
   * dictionary has for words of their own ({@code lights}, {@code glasses}), then the stemmer's.
   * Not thread-safe: it keeps what it works on.
   *
   * <p>Words that are not English stay as they are, or lose an ending that means nothing to who
   * searches, since what is typed loses it too.
   */
  static final class Stems {

    private static final Set<String> SINGULAR =
        Set.of("christmas", "xmas", "lens", "gas", "canvas", "atlas", "iris", "bias", "always");

    /** Endings of plurals and what they are of the singular; the first that fits counts. */
    private static final String[][] PLURALS = {
      {"ss", "ss"},
      {"us", "us"},
      {"is", "is"},
      {"ies", "y"},
      {"sses", "ss"},
      {"shes", "sh"},
      {"ches", "ch"},
      {"xes", "x"},
      {"zes", "ze"},
      {"eaves", "eaf"},
      {"oaves", "oaf"},
      {"arves", "arf"},
      {"elves", "elf"},
      {"olves", "olf"},
      {"nives", "nife"},
      {"s", ""}
    };

    private final OneWord source = new OneWord();
    private final TokenStream stemmed = new KStemFilter(source);

    /** The stem; the word itself when it has no other. */
    String of(String word) {
      if (word.length() < 3 || !isLowerCaseAscii(word)) {
        return word;
      }
      source.set(singular(word));
      try {
        stemmed.incrementToken();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return source.get();
    }

    private static String singular(String word) {
      if (word.length() > 3 && !SINGULAR.contains(word)) {
        for (String[] plural : PLURALS) {
          if (word.endsWith(plural[0])) {
            return word.substring(0, word.length() - plural[0].length()) + plural[1];
          }
        }
      }
      return word;
    }
  }

  /** The word that is to get its stem. */
  private static final class OneWord extends TokenStream {

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);

    void set(String word) {
      term.setEmpty().append(word);
    }

    String get() {
      return term.toString();
    }

    @Override
    public boolean incrementToken() {
      return true;
    }
  }

  /** What the sort by name compares: lower case, no diacritics, at most 200 characters. */
  static String sortName(String name) {
    return cut(fold(name).strip(), SORT_NAME_LENGTH);
  }

  /** Cuts between characters, never inside a surrogate pair. */
  static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (letter == 0 || letter > 127) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLowerCaseAscii(String word) {
    for (int i = 0; i < word.length(); i++) {
      char letter = word.charAt(i);
      if (letter < 'a' || letter > 'z') {
        return false;
      }
    }
    return true;
  }
}
