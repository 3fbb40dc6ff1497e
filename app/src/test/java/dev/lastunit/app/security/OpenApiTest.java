package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.web.EdgesServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description says what is enforced. */
class OpenApiTest {

  private static JsonNode api;

  @BeforeAll
  static void read() {
    api =
        JsonMapper.builder()
            .build()
            .readTree(
                EdgesServer.shared()
                    .client()
                    .get()
                    .uri("/v3/api-docs")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .returnResult()
                    .getResponseBody());
  }

  private static JsonNode operation(String path, String method) {
    JsonNode operation = api.path("paths").path(path).path(method);
    assertThat(operation.isObject()).as(method + " " + path).isTrue();
    return operation;
  }

  @Test
  void isOfVersionThreeOneAndHasAName() {
    assertThat(api.get("openapi").asString()).startsWith("3.1");
    assertThat(api.at("/info/title").asString()).isEqualTo("Lastunit");
    assertThat(api.at("/components/securitySchemes/bearer/scheme").asString()).isEqualTo("bearer");
    assertThat(api.at("/components/schemas/Problem/properties/violations/items/properties").size())
        .isEqualTo(2);
  }

  @Test
  void namesTheRolesThatAreEnforced() {
    JsonNode cart = operation("/v1/carts/{cartId}", "get");
    assertThat(cart.at("/security/0/bearer").isArray()).isTrue();
    assertThat(cart.get("description").asString())
        .contains("Roles: customer.", "With at or position: analyst, operator.");
    assertThat(cart.at("/responses/403/$ref").asString())
        .isEqualTo("#/components/responses/Problem");

    JsonNode product = operation("/v1/products/{sku}", "get");
    assertThat(product.get("security").size()).isZero();
    assertThat(product.at("/responses/403").isMissingNode()).isTrue();
    assertThat(product.at("/responses/default/$ref").asString())
        .isEqualTo("#/components/responses/Problem");
  }

  @Test
  void describesPositions() {
    JsonNode cart = operation("/v1/carts/{cartId}", "get");

    assertThat(cart.get("parameters").toString()).contains("Min-Event-Position");
    assertThat(cart.at("/responses/200/headers/Event-Position").isObject()).isTrue();
    assertThat(operation("/v1/sessions", "post").toString()).doesNotContain("Event-Position");
  }

  @Test
  void asksForNoCaller() {
    assertThat(operation("/v1/carts/{cartId}", "get").get("parameters").toString())
        .doesNotContainIgnoringCase("caller");
  }

  @Test
  void describesTheApiOnly() {
    assertThat(api.get("paths").propertyNames()).allMatch(path -> path.startsWith("/v1/"));
  }

  @Test
  void leadsToThePages() {
    EdgesServer.shared()
        .client()
        .get()
        .uri("/swagger-ui.html")
        .exchange()
        .expectStatus()
        .is3xxRedirection()
        .expectHeader()
        .valueMatches("Location", ".*/swagger-ui/index.html")
        .expectBody();
  }
}
