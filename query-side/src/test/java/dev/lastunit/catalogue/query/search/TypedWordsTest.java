package dev.lastunit.catalogue.query.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lastunit.shared.query.web.Cursor;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of what people type. */
class TypedWordsTest {

  @ParameterizedTest
  @CsvSource({
    "Crème Brûlée, creme brulee",
    "STRASSE Straße, strasse strasse",
    "Łódź, lodz",
    "ΑΘΉΝΑ, αθηνα",
    "Москва, москва",
    "t-light, t light",
    "it's, it s",
    "ﬁne №5, fine no5",
    "'\"quoted\" (AND) +x -y *z?~2^3', quoted and x y z 2 3",
    "茶壶, 茶壶",
    "مرحبا שלום, مرحبا שלום"
  })
  void areFoldedAndCut(String text, String words) {
    assertThat(Words.split(text, 100)).containsExactly(words.split(" "));
  }

  @Test
  void areTenAtMostEachOnce() {
    assertThat(TypedWords.of("Candles candles glass a b c d e f g h i j").words())
        .hasSize(10)
        .startsWith(
            new TypedWords.Word("candles", List.of()), new TypedWords.Word("glass", List.of()));
  }

  @Test
  void needNotBeThereWhenTheyAreCommon() {
    TypedWords words = TypedWords.of("gifts for the baby");
    assertThat(List.of(words.isRequired(0), words.isRequired(1), words.isRequired(2)))
        .containsExactly(true, false, false);
    assertThat(TypedWords.of("to be").isRequired(0)).isTrue();
  }

  @Property
  void areReadAgainAsTheyWereWritten(@ForAll @StringLength(max = 300) String text) {
    TypedWords words = TypedWords.of(text);
    TypedWords meaning = words.meaning(words.words().stream().map(it -> List.of("cup")).toList());

    assertThat(TypedWords.parse(words.text())).isEqualTo(words);
    assertThat(TypedWords.parse(meaning.text())).isEqualTo(meaning);
    assertThat(TypedWords.parse(words.orAllButOne().text())).isEqualTo(words.orAllButOne());
    assertThat(words.words().size()).isLessThanOrEqualTo(TypedWords.MOST_WORDS);
  }

  /** However long the text, a cursor with its words fits in an address. */
  @Property
  void leaveRoomInACursor(@ForAll @StringLength(max = 200) String text) {
    TypedWords words = TypedWords.of(text);
    List<String> many = java.util.Collections.nCopies(8, "ﷺ".repeat(20));
    TypedWords meaning = words.meaning(words.words().stream().map(it -> many).toList());

    assertThat(Cursor.of("products-relevance", meaning.text(), 123456, "SKU").text().length())
        .isLessThan(4_096);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a'b", "a | b", "a&b", "a||b", "a b c d e f g h i j k", " a", "a:*"})
  void areNothingElse(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> TypedWords.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "candles, candle",
    "lanterns, lantern",
    "glasses, glass",
    "boxes, box",
    "frames, frame",
    "lights, light",
    "leaves, leaf",
    "knives, knife",
    "berries, berry",
    "christmas, christmas",
    "glass, glass",
    "painted, paint",
    "earrings, earring",
    "cup, cup",
    "москва, москва",
    "85123a, 85123a"
  })
  void haveStemsThatAreWords(String word, String stem) {
    assertThat(new Words.Stems().of(word)).isEqualTo(stem);
  }

  @ParameterizedTest
  @CsvSource({
    "lantern, lantern, 0, false",
    "lante, lantern, 0, true",
    "lantren, lantern, 1, false",
    "lanten, lantern, 1, false",
    "xlantern, lantern, 1, false",
    "lentren, lantern, 2, false",
    "cap, cups, 2, false",
    "umrbe, umbrella, 1, true",
    "abcd, wxyz, 4, true"
  })
  void areMistypedInSoManyPlaces(String typed, String word, int mistakes, boolean beginning) {
    assertThat(Vocabulary.mistakes(typed, word, beginning)).isEqualTo(mistakes);
  }
}
