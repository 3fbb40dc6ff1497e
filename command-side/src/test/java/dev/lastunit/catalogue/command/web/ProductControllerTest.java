package dev.lastunit.catalogue.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.catalogue.command.CatalogueCommandSide;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.InMemoryCommandSide;
import dev.lastunit.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.json.JsonCompareMode;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Products over HTTP, down to the events that are recorded. */
class ProductControllerTest {

  private static final String LAMP =
      """
      {"name": "Lamp", "description": "Gives light", "brand": "Lux", "category": "home/lighting",
       "price": {"amount": 1999, "currency": "EUR"}, "attributes": {"colour": "red"},
       "imageUrl": "https://example.org/lamp.png"}
      """;

  private InMemoryCommandSide commandSide;
  private TestServer server;
  private WebTestClient client;

  @BeforeEach
  void start() {
    commandSide = new InMemoryCommandSide(CatalogueCommandSide.aggregate());
    server = new TestServer(new ProductController(commandSide));
    client = server.client();
  }

  @AfterEach
  void stop() {
    server.close();
    commandSide.close();
  }

  @Test
  void addsAProduct() {
    put("BANK CHARGES", LAMP)
        .expectStatus()
        .isCreated()
        .expectHeader()
        .valueEquals("Location", "/v1/products/BANK%20CHARGES")
        .expectHeader()
        .valueEquals("Event-Position", "1")
        .expectBody()
        .json(
            LAMP.replace("{\"name\"", "{\"sku\": \"BANK CHARGES\", \"name\""),
            JsonCompareMode.STRICT);

    assertThat(commandSide.events())
        .containsExactly(
            new ProductAdded(
                new Sku("BANK CHARGES"),
                new ProductDetails(
                    "Lamp",
                    "Gives light",
                    "Lux",
                    "home/lighting",
                    new Money(1999, "EUR"),
                    Map.of("colour", "red"),
                    "https://example.org/lamp.png")));
  }

  @Test
  void changesAProductAndRecordsNothingForTheSameAgain() {
    put("L1", LAMP).expectStatus().isCreated();
    put("L1", LAMP).expectStatus().isOk();
    put("L1", LAMP.replace("1999", "1899")).expectStatus().isOk();

    assertThat(commandSide.events())
        .extracting(Object::getClass)
        .isEqualTo(List.of(ProductAdded.class, ProductChanged.class));
  }

  @Test
  void takesWhatIsLeftOutForEmpty() {
    put("L1", "{\"name\":\"Lamp\",\"price\":{\"amount\":0,\"currency\":\"JPY\"}}")
        .expectStatus()
        .isCreated()
        .expectBody()
        .jsonPath("$.description")
        .isEqualTo("")
        .jsonPath("$.imageUrl")
        .isEqualTo(null);
  }

  @Test
  void tellsEverythingThatIsWrong() {
    problem(
            put("L1", "{\"name\":\"\",\"category\":\"/\",\"imageUrl\":\"lamp.png\"}"),
            ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[*].field")
        .isEqualTo(List.of("name", "category", "price", "imageUrl"));
    problem(
            put(
                "-",
                "{\"name\":\"Lamp\",\"price\":{\"currency\":\"XXX\"},\"attributes\":{\"a\":null}}"),
            ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[*].field")
        .isEqualTo(List.of("sku", "price.amount", "price.currency", "attributes.a"));
    problem(
            put("L1", "{\"name\":\"Lamp\",\"price\":{\"amount\":-1,\"currency\":\"EUR\"}}"),
            ErrorCode.INVALID_FIELD)
        .jsonPath("$.violations[*].field")
        .isEqualTo(List.of("price.amount"));
    assertThat(commandSide.events()).isEmpty();
  }

  @Test
  void delistsAProduct() {
    put("L1", LAMP).expectStatus().isCreated();

    delete("L1").expectStatus().isNoContent().expectHeader().valueEquals("Event-Position", "2");
    delete("L1").expectStatus().isNoContent();

    assertThat(commandSide.events().getLast()).isEqualTo(new ProductDelisted(new Sku("L1")));
    assertThat(commandSide.events()).hasSize(2);
    put("L1", LAMP).expectStatus().isCreated();
  }

  @Test
  void findsNothingToDelist() {
    problem(delete("L1"), ErrorCode.NOT_FOUND);
    problem(delete("-"), ErrorCode.NOT_FOUND);
  }

  private WebTestClient.ResponseSpec put(String sku, String body) {
    return client
        .put()
        .uri("/v1/products/{sku}", sku)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private WebTestClient.ResponseSpec delete(String sku) {
    return client.delete().uri("/v1/products/{sku}", sku).exchange();
  }

  private static WebTestClient.BodyContentSpec problem(
      WebTestClient.ResponseSpec response, ErrorCode code) {
    var body = response.expectStatus().isEqualTo(code.status()).expectBody();
    body.jsonPath("$.code").isEqualTo(code.name());
    return body;
  }
}
