package dev.lastunit.catalogue.query.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.CompiledAutomaton;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.Operations;

/**
 * Finds words among those that products have: words that begin as the typed one does, and words
 * that a mistyped one may have meant. A wrong, missing, additional letter, or two letters swapped,
 * counts as one mistake. Words of up to 2 letters and words with digits, such as article numbers,
 * are taken as they are; words of up to 5 letters may have one mistake, longer ones two. A last
 * word of 4 letters and more may also be mistyped and unfinished.
 *
 * <p>Looks at a bounded number of words of each segment. Made for one request.
 */
final class Vocabulary {

  /** Words with the same beginning that are looked for: the most frequent ones. */
  static final int MOST_BEGUN = 64;

  private static final int MOST_LOOKED_AT = 2_000;
  private static final int SHORTEST_BEGINNING = 4;
  private static final int SHORTEST_PART = 3;
  private static final int LONGEST_SPLIT = 20;

  private final IndexReader reader;
  private final String field;
  private final Deadline deadline;

  private record Candidate(String word, int mistakes, long products) {}

  Vocabulary(IndexReader reader, String field, Deadline deadline) {
    this.reader = reader;
    this.field = field;
    this.deadline = deadline;
  }

  /** Products that have the word, deleted ones that are still in the index included. */
  int products(String word) throws IOException {
    return reader.docFreq(new Term(field, word));
  }

  /**
   * Two words that are written as one here: the most frequent ones.
   *
   * @return the two with {@code +} between, null when no two words make up this one
   */
  String split(String word) throws IOException {
    if (word.length() < 2 * SHORTEST_PART
        || word.length() > LONGEST_SPLIT
        || word.chars().anyMatch(letter -> letter < 'a' || letter > 'z')) {
      return null;
    }
    String best = null;
    int most = 0;
    for (int i = SHORTEST_PART; i <= word.length() - SHORTEST_PART; i++) {
      String first = word.substring(0, i);
      String second = word.substring(i);
      int products = products(first);
      if (products > most) {
        products = Math.min(products, products(second));
        if (products > most) {
          most = products;
          best = first + "+" + second;
        }
      }
    }
    return best;
  }

  /** Longer words that begin with this one, the most frequent first; at most 64. */
  List<String> begunBy(String beginning) throws IOException {
    BytesRef prefix = new BytesRef(beginning);
    Map<String, Long> found = new HashMap<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      deadline.check();
      Terms terms = leaf.reader().terms(field);
      if (terms == null) {
        continue;
      }
      TermsEnum each = terms.iterator();
      if (each.seekCeil(prefix) == TermsEnum.SeekStatus.END) {
        continue;
      }
      for (int i = 0; i < MOST_LOOKED_AT; i++) {
        if (!StringHelper.startsWith(each.term(), prefix)) {
          break;
        }
        if (each.term().length > prefix.length) {
          found.merge(each.term().utf8ToString(), (long) each.docFreq(), Long::sum);
        }
        if (each.next() == null) {
          break;
        }
      }
    }
    return found.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_BEGUN)
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Words that a mistyped word may have meant: those with the fewest mistakes, the most frequent
   * first.
   *
   * @param beginning whether it may be unfinished
   * @param fewest products that such a word must have
   */
  List<String> meantBy(String typed, boolean beginning, int fewest) throws IOException {
    int allowed = allowed(typed);
    if (allowed == 0) {
      return List.of();
    }
    Map<String, Long> candidates = matching(typed, allowed, false);
    candidates.values().removeIf(products -> products < fewest);
    List<String> whole = nearest(typed, candidates, allowed, false);
    if (!whole.isEmpty() || !beginning || typed.length() < SHORTEST_BEGINNING) {
      return whole;
    }
    return nearest(typed, matching(typed, allowed, true), allowed, true);
  }

  private Map<String, Long> matching(String typed, int allowed, boolean beginning)
      throws IOException {
    Automaton near = new LevenshteinAutomata(typed, true).toAutomaton(allowed);
    if (beginning) {
      near =
          Operations.determinize(
              Operations.concatenate(List.of(near, Automata.makeAnyString())),
              Operations.DEFAULT_DETERMINIZE_WORK_LIMIT);
    }
    CompiledAutomaton compiled = new CompiledAutomaton(near, !beginning, true);
    Map<String, Long> found = new HashMap<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      deadline.check();
      Terms terms = leaf.reader().terms(field);
      if (terms == null) {
        continue;
      }
      TermsEnum each = compiled.getTermsEnum(terms);
      for (int i = 0; i < MOST_LOOKED_AT && each.next() != null; i++) {
        found.merge(each.term().utf8ToString(), (long) each.docFreq(), Long::sum);
      }
    }
    return found;
  }

  private static List<String> nearest(
      String typed, Map<String, Long> found, int allowed, boolean beginning) {
    List<Candidate> candidates = new ArrayList<>();
    found.forEach(
        (word, products) -> {
          int mistakes = mistakes(typed, word, beginning);
          if (mistakes <= allowed && !word.equals(typed)) {
            candidates.add(new Candidate(word, mistakes, products));
          }
        });
    int fewest = candidates.stream().mapToInt(Candidate::mistakes).min().orElse(0);
    return candidates.stream()
        .filter(candidate -> candidate.mistakes() == fewest)
        .sorted(
            Comparator.comparingLong(Candidate::products).reversed().thenComparing(Candidate::word))
        .limit(TypedWords.MOST_MEANT)
        .map(Candidate::word)
        .toList();
  }

  private static int allowed(String word) {
    if (word.length() <= 2 || word.chars().anyMatch(Character::isDigit)) {
      return 0;
    }
    return word.length() <= 5 ? 1 : 2;
  }

  /**
   * The fewest mistakes with which {@code typed} stands for the word, or for a beginning of it
   * (optimal string alignment distance).
   */
  static int mistakes(String typed, String word, boolean beginning) {
    int rows = typed.length();
    int columns = word.length();
    int[] before = new int[columns + 1];
    int[] last = new int[columns + 1];
    int[] now = new int[columns + 1];
    for (int j = 0; j <= columns; j++) {
      last[j] = j;
    }
    for (int i = 1; i <= rows; i++) {
      now[0] = i;
      for (int j = 1; j <= columns; j++) {
        int change = typed.charAt(i - 1) == word.charAt(j - 1) ? 0 : 1;
        now[j] = Math.min(last[j - 1] + change, Math.min(last[j], now[j - 1]) + 1);
        if (i > 1
            && j > 1
            && typed.charAt(i - 1) == word.charAt(j - 2)
            && typed.charAt(i - 2) == word.charAt(j - 1)) {
          now[j] = Math.min(now[j], before[j - 2] + 1);
        }
      }
      int[] reused = before;
      before = last;
      last = now;
      now = reused;
    }
    int fewest = last[columns];
    if (beginning) {
      for (int j = 1; j < columns; j++) {
        fewest = Math.min(fewest, last[j]);
      }
    }
    return fewest;
  }
}
