package dev.lastunit.catalogue.query.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The words that somebody searches for. A product is found when it has every word: itself, its
 * stem, one that it stands for, and for the last word one that begins with it.
 *
 * @param words at most {@value #MOST_WORDS}, each once; empty when the text had no word in it
 * @param allButOne whether one of the words may be missing
 */
record TypedWords(List<Word> words, boolean allButOne) {

  static final int MOST_WORDS = 10;

  /** Words that one mistyped word may stand for. */
  static final int MOST_MEANT = 5;

  /** Common words that need not be there when another word is. */
  private static final Set<String> COMMON =
      Set.of(
          "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "if", "in", "into",
          "is", "it", "its", "my", "no", "not", "of", "on", "or", "such", "that", "the", "their",
          "then", "there", "these", "they", "this", "to", "was", "will", "with", "your");

  /** Words, and what they may mean, are kept short enough for an address that holds a cursor. */
  private static final int MOST_CHARACTERS = 400;

  /** So many words at least must have been typed that one of them may be missing. */
  private static final int FEWEST_FOR_ALL_BUT_ONE = 3;

  private static final String ALL_BUT_ONE = "-";

  private static final String LETTERS = "[\\p{L}\\p{N}]{1," + Words.LONGEST + "}";
  private static final Pattern WORD = Pattern.compile(LETTERS);
  private static final Pattern MEANT = Pattern.compile(LETTERS + "(\\+" + LETTERS + ")?");

  /**
   * One word that was typed.
   *
   * @param typed the word itself
   * @param meant what else it may stand for: words, or two words with {@code +} between
   */
  record Word(String typed, List<String> meant) {

    Word {
      Objects.requireNonNull(typed, "typed");
      meant = List.copyOf(meant);
    }
  }

  TypedWords {
    words = List.copyOf(words);
  }

  /** What was typed; words after the tenth are passed over. Any text will do. */
  static TypedWords of(String text) {
    Set<String> distinct = new LinkedHashSet<>();
    int characters = 0;
    for (String word : Words.split(text, 10 * MOST_WORDS)) {
      if (distinct.size() < MOST_WORDS && characters + word.length() <= MOST_CHARACTERS) {
        characters += distinct.add(word) ? word.length() : 0;
      }
    }
    return new TypedWords(distinct.stream().map(word -> new Word(word, List.of())).toList(), false);
  }

  /** Whether there is nothing to look for. */
  boolean isEmpty() {
    return words.isEmpty();
  }

  /** Whether a product must have the word. */
  boolean isRequired(int index) {
    return !COMMON.contains(words.get(index).typed())
        || words.stream().allMatch(word -> COMMON.contains(word.typed()));
  }

  /** Whether the word may be a beginning: it was typed last. */
  boolean isBeginning(int index) {
    return index == words.size() - 1;
  }

  /** The same words, which may stand for others too. */
  TypedWords meaning(List<List<String>> meant) {
    List<Word> result = new ArrayList<>();
    int characters = 0;
    for (int i = 0; i < words.size(); i++) {
      List<String> some = new ArrayList<>();
      for (String other : meant.get(i)) {
        if (some.size() < MOST_MEANT && characters + other.length() <= MOST_CHARACTERS) {
          characters += other.length();
          some.add(other);
        }
      }
      result.add(new Word(words.get(i).typed(), some));
    }
    return new TypedWords(result, allButOne);
  }

  /** The same words, one of which may be missing; the same when there are too few for that. */
  TypedWords orAllButOne() {
    long required = IntStream.range(0, words.size()).filter(this::isRequired).count();
    return new TypedWords(words, required >= FEWEST_FOR_ALL_BUT_ONE);
  }

  /** A form for cursors, so that every page of a search looks for the same words. */
  String text() {
    return words.stream()
        .map(word -> word.meant().isEmpty() ? word.typed() : word.typed() + "|" + joined(word))
        .collect(Collectors.joining(" ", allButOne ? ALL_BUT_ONE : "", ""));
  }

  private static String joined(Word word) {
    return String.join("|", word.meant());
  }

  /**
   * Reads {@link #text()}.
   *
   * @throws IllegalArgumentException when it is not such a text
   */
  static TypedWords parse(String text) {
    List<Word> result = new ArrayList<>();
    boolean allButOne = text.startsWith(ALL_BUT_ONE);
    String rest = allButOne ? text.substring(ALL_BUT_ONE.length()) : text;
    for (String term : rest.isEmpty() ? new String[0] : rest.split(" ", -1)) {
      List<String> parts = List.of(term.split("\\|", -1));
      for (int i = 0; i < parts.size(); i++) {
        if (!(i == 0 ? WORD : MEANT).matcher(parts.get(i)).matches()) {
          throw new IllegalArgumentException("Not a word: " + parts.get(i));
        }
      }
      if (parts.size() > MOST_MEANT + 1) {
        throw new IllegalArgumentException("Too many meanings");
      }
      result.add(new Word(parts.getFirst(), parts.subList(1, parts.size())));
    }
    if (result.size() > MOST_WORDS) {
      throw new IllegalArgumentException("Too many words");
    }
    return new TypedWords(result, allButOne);
  }
}
