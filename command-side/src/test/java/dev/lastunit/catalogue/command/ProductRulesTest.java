package dev.lastunit.catalogue.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem.Violation;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The form of product details at its bounds and one step beyond them. */
class ProductRulesTest {

  private static final Money PRICE = new Money(0, "GBP");

  @ParameterizedTest
  @MethodSource("inBounds")
  void acceptsWhatIsInBounds(ProductDetails details) {
    assertThat(ProductRules.faults(details)).isEmpty();
  }

  static Stream<ProductDetails> inBounds() {
    return Stream.of(
        details("a"),
        details("n".repeat(500)),
        details("Lamp \ud83d\udca1"),
        new ProductDetails("a", "d".repeat(20_000), null, null, PRICE, null, null),
        new ProductDetails("a", null, "b".repeat(200), null, PRICE, null, null),
        new ProductDetails("a", null, null, "home", PRICE, null, null),
        new ProductDetails("a", null, null, "1/2/3/4/5/6/7/8/9/10", PRICE, null, null),
        new ProductDetails("a", null, null, null, PRICE, attributes(100), null),
        new ProductDetails("a", null, null, null, PRICE, null, "HTTPS://example.org/a.png"));
  }

  @ParameterizedTest
  @MethodSource("outOfBounds")
  void tellsTheFieldThatIsWrong(String field, ProductDetails details) {
    assertThat(ProductRules.faults(details)).extracting(Violation::field).containsExactly(field);
  }

  static Stream<Arguments> outOfBounds() {
    return Stream.of(
        Arguments.of("name", details(null)),
        Arguments.of("name", details(" ")),
        Arguments.of("name", details("n".repeat(501))),
        Arguments.of("name", details("a\0b")),
        Arguments.of("name", details("half \ud83d")),
        Arguments.of("name", details("half \udca1 other")),
        Arguments.of(
            "description",
            new ProductDetails("a", "d".repeat(20_001), null, null, PRICE, null, null)),
        Arguments.of(
            "brand", new ProductDetails("a", null, "b".repeat(201), null, PRICE, null, null)),
        Arguments.of("category", new ProductDetails("a", null, null, "/home", PRICE, null, null)),
        Arguments.of("category", new ProductDetails("a", null, null, "home/", PRICE, null, null)),
        Arguments.of("category", new ProductDetails("a", null, null, "a//b", PRICE, null, null)),
        Arguments.of(
            "category",
            new ProductDetails("a", null, null, "1/2/3/4/5/6/7/8/9/10/11", PRICE, null, null)),
        Arguments.of("price", new ProductDetails("a", null, null, null, null, null, null)),
        Arguments.of(
            "price.amount",
            new ProductDetails("a", null, null, null, new Money(-1, "GBP"), null, null)),
        Arguments.of(
            "attributes", new ProductDetails("a", null, null, null, PRICE, attributes(101), null)),
        Arguments.of(
            "attributes", new ProductDetails("a", null, null, null, PRICE, Map.of(" ", "x"), null)),
        Arguments.of(
            "attributes.colour",
            new ProductDetails(
                "a", null, null, null, PRICE, Map.of("colour", "x".repeat(2_001)), null)),
        Arguments.of("imageUrl", new ProductDetails("a", null, null, null, PRICE, null, "/a.png")),
        Arguments.of(
            "imageUrl",
            new ProductDetails("a", null, null, null, PRICE, null, "javascript:alert(1)")),
        Arguments.of(
            "imageUrl", new ProductDetails("a", null, null, null, PRICE, null, "http://a b")));
  }

  @Test
  void tellsEverythingAtOnce() {
    var details = new ProductDetails("", null, null, "//", null, null, "x");

    assertThat(ProductRules.faults(details))
        .extracting(Violation::field)
        .containsExactly("name", "category", "price", "imageUrl");
  }

  private static ProductDetails details(String name) {
    return new ProductDetails(name, null, null, null, PRICE, null, null);
  }

  private static Map<String, String> attributes(int count) {
    var attributes = new HashMap<String, String>();
    for (int i = 0; i < count; i++) {
      attributes.put("a" + i, "x");
    }
    return attributes;
  }
}
