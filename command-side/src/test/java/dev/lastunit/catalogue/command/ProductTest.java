package dev.lastunit.catalogue.command;

import static dev.lastunit.shared.api.Result.accepted;
import static dev.lastunit.shared.api.Result.repeated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.axonframework.test.matchers.Matchers.matches;

import dev.lastunit.catalogue.api.ProductCommand.DelistProduct;
import dev.lastunit.catalogue.api.ProductCommand.PutOutcome;
import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.util.Map;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What putting and delisting a product records, and what it does not. */
class ProductTest {

  private static final Sku SKU = new Sku("85123A");
  private static final ProductDetails LAMP = details("Lamp", 1999);
  private static final ProductDetails CHEAPER = details("Lamp", 1899);

  private AggregateTestFixture<Product> fixture;

  @BeforeEach
  void createFixture() {
    fixture = new AggregateTestFixture<>(Product.class);
  }

  @Test
  void addsAProduct() {
    fixture
        .givenNoPriorActivity()
        .when(new PutProduct(SKU, LAMP))
        .expectEvents(new ProductAdded(SKU, LAMP))
        .expectResultMessagePayload(accepted(PutOutcome.ADDED));
  }

  @Test
  void recordsNothingWhenNothingChanges() {
    fixture
        .given(new ProductAdded(SKU, LAMP))
        .when(new PutProduct(SKU, details("Lamp", 1999)))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(PutOutcome.UNCHANGED));
  }

  @Test
  void changesAProduct() {
    fixture
        .given(new ProductAdded(SKU, LAMP))
        .when(new PutProduct(SKU, CHEAPER))
        .expectEvents(new ProductChanged(SKU, CHEAPER))
        .expectResultMessagePayload(accepted(PutOutcome.CHANGED));
  }

  @Test
  void comparesWithTheLastChange() {
    fixture
        .given(new ProductAdded(SKU, LAMP), new ProductChanged(SKU, CHEAPER))
        .when(new PutProduct(SKU, LAMP))
        .expectEvents(new ProductChanged(SKU, LAMP));
  }

  @Test
  void addsADelistedProductAgain() {
    fixture
        .given(new ProductAdded(SKU, LAMP), new ProductDelisted(SKU))
        .when(new PutProduct(SKU, LAMP))
        .expectEvents(new ProductAdded(SKU, LAMP))
        .expectResultMessagePayload(accepted(PutOutcome.ADDED));
  }

  @Test
  void delistsAProduct() {
    fixture
        .given(new ProductAdded(SKU, LAMP))
        .when(new DelistProduct(SKU))
        .expectEvents(new ProductDelisted(SKU))
        .expectResultMessagePayload(accepted(null));
  }

  @Test
  void delistsOnce() {
    fixture
        .given(new ProductAdded(SKU, LAMP), new ProductDelisted(SKU))
        .when(new DelistProduct(SKU))
        .expectNoEvents()
        .expectResultMessagePayload(repeated(null));
  }

  @Test
  void refusesToDelistWhatWasNeverThere() {
    // Nothing is recorded, so that the fixture finds no stream for the instance.
    fixture.setReportIllegalStateChange(false);
    fixture
        .givenNoPriorActivity()
        .when(new DelistProduct(SKU))
        .expectNoEvents()
        .expectResultMessagePayload(
            Result.refused(ErrorCode.NOT_FOUND, "There is no such product"));
  }

  @Test
  void refusesDetailsThatAreNotValid() {
    fixture
        .given(new ProductAdded(SKU, LAMP))
        .when(new PutProduct(SKU, details(" ", 1999)))
        .expectNoEvents()
        .expectResultMessagePayloadMatching(
            matches(
                answer ->
                    answer instanceof Result.Refused<?> refusal
                        && refusal.code() == ErrorCode.INVALID_FIELD
                        && refusal.detail().equals("name must not be empty")));
  }

  @Test
  void survivesASnapshot() {
    var mapper = EventJson.mapper();
    var product = new Product();
    product.on(new ProductAdded(SKU, LAMP));

    var json = mapper.writeValueAsString(product);
    var restored = mapper.readValue(json, Product.class);

    assertThat(mapper.writeValueAsString(restored)).isEqualTo(json);
    assertThat(restored).usingRecursiveComparison().isEqualTo(product);
  }

  private static ProductDetails details(String name, long price) {
    return new ProductDetails(
        name, "", "", "home/lighting", new Money(price, "GBP"), Map.of("colour", "red"), null);
  }
}
