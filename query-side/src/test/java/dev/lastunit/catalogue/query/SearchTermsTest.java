package dev.lastunit.catalogue.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Words that are typed, and how they meet the words that the projection wrote. */
class SearchTermsTest {

  @ParameterizedTest
  @CsvSource({
    "lantern, lantern, 0",
    "lante, lantern, 0",
    "lantren, lantern, 1",
    "lanten, lantern, 1",
    "xlantern, lantern, 1",
    "lentren, lantern, 2",
    "cup, cups, 0",
    "cap, cups, 2",
    "umrbe, umbrella, 1",
    "abcd, wxyz, 4"
  })
  void countsMistakes(String typed, String word, int mistakes) {
    assertThat(Spelling.mistakes(typed, word)).isEqualTo(mistakes);
  }

  @Test
  void keepsTenDifferentWordsAndFindsTheSingular() {
    assertThat(SearchTerms.typed("Candles candles glass a b c d e f g h i j").terms())
        .hasSize(10)
        .startsWith(
            new SearchTerms.Term("candles", List.of("candle")),
            new SearchTerms.Term("glass", List.of()));
  }

  @Test
  void isReadAgainAsItWasWritten() {
    SearchTerms terms =
        SearchTerms.typed("Crème candles 12")
            .meaning(List.of(List.of("cream"), List.of(), List.of()));
    assertThat(SearchTerms.parse(terms.text())).isEqualTo(terms);
    assertThat(SearchTerms.parse("")).isEqualTo(new SearchTerms(List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a'b", "a | b", "a&b", "a||b", "a b c d e f g h i j k", " a", "a:*"})
  void readsNothingElse(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SearchTerms.parse(text));
  }

  @Test
  void cutsTextsAsTheProjectionDoes() {
    Random random = new Random(9);
    List<String> texts = new ArrayList<>();
    texts.add("Ünïcode ﬁne Straße ŁÓDŹ ΑΘΉΝΑ Москва 茶壶 10½\" №5 it's x-ray a_b \uD83D\uDE80");
    texts.add("q".repeat(63) + "\uD835\uDD38 " + "\uD835\uDD38".repeat(40));
    for (int i = 0; i < 50; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = 0; j < 60; j++) {
        int point = random.nextInt(4) == 0 ? ' ' : 1 + random.nextInt(0x2FFF);
        text.appendCodePoint(point);
      }
      texts.add(text.toString());
    }
    try (ReadServer server =
        new ReadServer(List.of("V1__catalogue.sql"), List.of("dev.lastunit.catalogue"))) {
      Set<String> expected = new HashSet<>();
      for (int i = 0; i < texts.size(); i++) {
        Sku sku = new Sku("X" + i);
        expected.addAll(SearchTerms.split(sku.value()));
        expected.addAll(SearchTerms.split(texts.get(i)));
        server.recordOnly(
            new ProductAdded(
                sku,
                new ProductDetails(texts.get(i), "", "", "", new Money(1, "EUR"), Map.of(), null)));
      }
      server.project();
      assertThat(
              server
                  .bean(JdbcTemplate.class)
                  .queryForList("select word from catalogue.word", String.class))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }
}
