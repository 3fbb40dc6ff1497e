package dev.lastunit.catalogue.query;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Finds what a mistyped word may have meant, among the words that products have: a wrong, missing,
 * additional letter, or two letters swapped, counts as one mistake. Words of up to 2 letters and
 * words with digits, such as article numbers, are taken as they are; words of up to 5 letters may
 * have one mistake, longer ones two. A word may also be mistyped and unfinished.
 *
 * <p>Looks at every word of the vocabulary, milliseconds for some ten thousand, so it is asked only
 * when the words as typed find nothing. Never blocks.
 */
final class Spelling {

  private static final int MOST_MEANT = 6;

  private static final int MOST_CANDIDATES = 500;

  /** From so many letters on, a typed word may be a beginning with a mistake in it. */
  private static final int SHORTEST_BEGINNING = 4;

  /**
   * Candidates, chosen by the database's distance, in which two swapped letters count twice: so it
   * gets one edit more than mistakes are allowed.
   */
  private static final String NEAR =
      """
      select t.typed, w.word
      from (
        select typed, char_length(typed) as letters,
          case when char_length(typed) <= 5 then 2 else 3 end as reach
        from unnest(cast(:typed as text[])) as typed
      ) t
      cross join lateral (
        select word, least(
            catalogue.edits(word, t.typed, t.reach),
            case when t.letters >= %d
              then catalogue.edits(left(word, t.letters), t.typed, t.reach)
              else t.reach + 1 end) as edits
        from catalogue.word
        where char_length(word) >= t.letters - 2
        order by edits, word
        limit %d
      ) w
      where w.edits <= t.reach
      """
          .formatted(SHORTEST_BEGINNING, MOST_CANDIDATES);

  private final DatabaseClient database;

  private record Near(String word, int mistakes) {}

  Spelling(DatabaseClient database) {
    this.database = database;
  }

  /** The terms with what they may mean; the same terms when nothing better is known. */
  Mono<SearchTerms> corrected(SearchTerms terms) {
    String[] typed =
        terms.terms().stream()
            .map(SearchTerms.Term::typed)
            .filter(word -> allowed(word) > 0)
            .toArray(String[]::new);
    if (typed.length == 0) {
      return Mono.just(terms);
    }
    return database
        .sql(NEAR)
        .bind("typed", typed)
        .map(row -> new String[] {row.get("typed", String.class), row.get("word", String.class)})
        .all()
        .collectMultimap(pair -> pair[0], pair -> pair[1])
        .map(candidates -> choose(terms, candidates));
  }

  private static SearchTerms choose(SearchTerms terms, Map<String, Collection<String>> candidates) {
    Map<String, List<Near>> near = new LinkedHashMap<>();
    for (SearchTerms.Term term : terms.terms()) {
      near.put(term.typed(), best(term.typed(), candidates.getOrDefault(term.typed(), List.of())));
    }
    // A word that exists is left as it is, unless all exist and yet nothing has all of them.
    boolean allExist =
        near.values().stream()
            .allMatch(words -> !words.isEmpty() && words.getFirst().mistakes == 0);
    return terms.meaning(
        terms.terms().stream()
            .map(term -> near.get(term.typed()))
            .map(
                words ->
                    words.stream()
                        .filter(
                            word ->
                                allExist
                                    ? word.mistakes > 0
                                    : word.mistakes > 0
                                        && word.mistakes == words.getFirst().mistakes)
                        .limit(MOST_MEANT)
                        .map(Near::word)
                        .toList())
            .toList());
  }

  private static List<Near> best(String typed, Collection<String> words) {
    int allowed = allowed(typed);
    List<Near> result = new ArrayList<>();
    for (String word : words) {
      int mistakes = mistakes(typed, word);
      if (mistakes <= allowed) {
        result.add(new Near(word, mistakes));
      }
    }
    result.sort(Comparator.comparingInt(Near::mistakes).thenComparing(Near::word));
    return result;
  }

  private static int allowed(String word) {
    if (word.length() <= 2 || word.chars().anyMatch(Character::isDigit)) {
      return 0;
    }
    return word.length() <= 5 ? 1 : 2;
  }

  /**
   * The fewest mistakes with which {@code typed} stands for the word or, from 4 letters on, for a
   * beginning of it (optimal string alignment distance).
   */
  static int mistakes(String typed, String word) {
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
    if (rows >= SHORTEST_BEGINNING) {
      for (int j = 1; j < columns; j++) {
        fewest = Math.min(fewest, last[j]);
      }
    } else if (word.startsWith(typed)) {
      fewest = 0;
    }
    return fewest;
  }
}
