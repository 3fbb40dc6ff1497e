package dev.lastunit.app.web;

import static dev.lastunit.shared.api.ErrorCode.IDEMPOTENCY_KEY_MISSING;
import static dev.lastunit.shared.api.ErrorCode.INVALID_FIELD;
import static dev.lastunit.shared.api.ErrorCode.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Parameters of query, headers and path are refused by the name that the client wrote. */
class ParametersTest {

  private static final WebTestClient CLIENT = EdgesServer.shared().client();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/probe/params                      | limit    | is required",
        "/probe/params?limit=               | limit    | must be a whole number",
        "/probe/params?limit=ten            | limit    | must be a whole number",
        "/probe/params?limit=1.5            | limit    | must be a whole number",
        "/probe/params?limit=9999999999     | limit    | must be a whole number",
        "/probe/params?limit=1&minPrice=x   | minPrice | must be a whole number",
        "/probe/params?limit=1&sku=%20x     | sku"
            + " | A SKU has 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens",
        "/probe/query?limit=ten             | limit    | must be a whole number",
        "/probe/query?inStock=perhaps       | inStock  | must be true or false",
        "/probe/query?colour=green          | colour   | must be one of dark-red, blue"
      })
  void namesTheQueryParameter(String path, String field, String message) {
    Refusal refusal =
        Refusal.of(
            CLIENT
                .get()
                .uri(URI.create("http://localhost:" + EdgesServer.shared().port() + path))
                .exchange(),
            INVALID_FIELD);

    assertThat(refusal.fields()).containsExactly(field);
    assertThat(refusal.messages()).containsExactly(message);
  }

  @Test
  void tellsAllThatIsWrongWithAQuery() {
    Refusal refusal =
        Refusal.of(
            CLIENT.get().uri("/probe/query?limit=ten&inStock=perhaps").exchange(), INVALID_FIELD);

    assertThat(refusal.fields()).containsExactlyInAnyOrder("limit", "inStock");
  }

  @Test
  void namesTheHeader() {
    Refusal refusal =
        Refusal.of(
            CLIENT
                .get()
                .uri("/probe/params?limit=1")
                .header("Min-Event-Position", "soon")
                .exchange(),
            INVALID_FIELD);

    assertThat(refusal.fields()).containsExactly("Min-Event-Position");
  }

  @Test
  void hasACodeOfItsOwnForTheKey() {
    Refusal.of(CLIENT.post().uri("/probe/keyed").exchange(), IDEMPOTENCY_KEY_MISSING);
  }

  @Test
  void knowsNothingByAnImpossibleNameUnlessItIsToBeMade() {
    Refusal.of(CLIENT.get().uri("/probe/things/x").exchange(), NOT_FOUND);

    Refusal refusal =
        Refusal.of(CLIENT.put().uri("/probe/things/{sku}", " x").exchange(), INVALID_FIELD);
    assertThat(refusal.fields()).containsExactly("sku");
  }
}
