package dev.lastunit.app.web;

import static dev.lastunit.shared.api.ErrorCode.INVALID_FIELD;
import static dev.lastunit.shared.api.ErrorCode.MALFORMED_REQUEST;
import static dev.lastunit.shared.api.ErrorCode.UNSUPPORTED_MEDIA_TYPE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/** What is read of a client's JSON, and what is refused rather than guessed at. */
class JsonBodyTest {

  private static final WebTestClient CLIENT = EdgesServer.shared().client();

  private static ResponseSpec send(String json) {
    return CLIENT
        .post()
        .uri("/probe/body")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(json)
        .exchange();
  }

  @Test
  void readsWhatIsMeant() {
    send("""
    {"items": [{"sku": "85123A", "quantity": 6}], "text": "a", "number": 9007199254740993,
     "flag": true, "colour": "dark-red", "at": "2026-11-23T19:04:05.123Z", "ttl": "PT15M",
     "amount": 1.50, "price": {"amount": 1999, "currency": "EUR"},
     "owner": {"name": "N"}, "attributes": {"deep": [[[{"a": 1}]]], "none": null}}
    """)
        .expectStatus()
        .isOk()
        .expectBody()
        .json(
            """
            {"items": [{"sku": "85123A", "quantity": 6}], "text": "a", "number": 9007199254740993,
             "flag": true, "colour": "dark-red", "at": "2026-11-23T19:04:05.123Z", "ttl": "PT15M",
             "amount": 1.50, "price": {"amount": 1999, "currency": "EUR"},
             "owner": {"name": "N"}, "attributes": {"deep": [[[{"a": 1}]]], "none": null}}
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"items\":[{\"sku\":\"A\",\"quantity\":\"6\"}]}   | items[0].quantity | must be a whole"
            + " number",
        "{\"items\":[{\"sku\":\"A\",\"quantity\":6.0}]}     | items[0].quantity | must be a whole"
            + " number",
        "{\"items\":[{\"sku\":\"A\",\"quantity\":null}]}    | items[0].quantity | must be a whole"
            + " number",
        "{\"items\":[{\"sku\":\"A\"}]}                      | items[0].quantity | must be a whole"
            + " number",
        "{\"items\":[{\"sku\":\"A\",\"quantity\":3000000000}]}"
            + " | items[0].quantity | must be a whole number from -2147483648 to 2147483647",
        "{\"items\":[{\"sku\":\"A\",\"quantity\":-1}]}      | items[0] | A quantity is not"
            + " negative",
        "{\"items\":[{\"sku\":\" A\",\"quantity\":1}]}      | items[0].sku"
            + " | A SKU has 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens",
        "{\"items\":[{\"sku\":5,\"quantity\":1}]}           | items[0].sku | must be a string",
        "{\"items\":[{\"sku\":{},\"quantity\":1}]}          | items[0].sku | must be a string",
        "{\"items\":[1]}                                    | items[0] | must be an object",
        "{\"items\":{}}                                     | items | must be a list",
        "{\"text\":5}                                       | text | must be a string",
        "{\"text\":true}                                    | text | must be a string",
        "{\"text\":[]}                                      | text | must be a string",
        "{\"number\":\"5\"}                                 | number | must be a whole number",
        "{\"number\":1e3}                                   | number | must be a whole number",
        "{\"number\":99999999999999999999}                  | number"
            + " | must be a whole number from -9223372036854775808 to 9223372036854775807",
        "{\"flag\":\"true\"}                                | flag | must be true or false",
        "{\"flag\":1}                                       | flag | must be true or false",
        "{\"amount\":\"1\"}                                 | amount | must be a number",
        "{\"colour\":\"red\"}                               | colour | must be one of dark-red,"
            + " blue",
        "{\"colour\":0}                                     | colour | must be one of dark-red,"
            + " blue",
        "{\"at\":\"yesterday\"}                             | at"
            + " | must be an instant in UTC such as 2026-11-23T19:04:05.123Z",
        "{\"at\":5}                                         | at"
            + " | must be an instant in UTC such as 2026-11-23T19:04:05.123Z",
        "{\"ttl\":\"5\"}                                    | ttl"
            + " | must be an ISO 8601 duration such as PT15M",
        "{\"ttl\":5}                                        | ttl"
            + " | must be an ISO 8601 duration such as PT15M",
        "{\"price\":{\"amount\":1.5,\"currency\":\"EUR\"}}  | price.amount | must be a whole"
            + " number",
        "{\"price\":{\"amount\":1,\"currency\":\"EURO\"}}   | price | is not valid",
        "{\"owner\":{}}                                     | owner.name | is required",
        "{\"owner\":{\"name\":\"N\",\"nam\":1}}             | owner.nam"
            + " | is not a known field; known are name",
        "{\"attributes\":[]}                                | attributes | must be an object",
        "[]                                                 | (body) | must be an object",
        "5                                                  | (body) | must be an object"
      })
  void namesTheFieldThatIsNotValid(String json, String field, String message) {
    Refusal refusal = Refusal.of(send(json), INVALID_FIELD);

    assertThat(refusal.fields()).containsExactly(field);
    assertThat(refusal.messages()).containsExactly(message);
  }

  @Test
  void namesAnUnknownFieldAndTheKnownOnes() {
    Refusal refusal =
        Refusal.of(
            send("{\"items\":[{\"sku\":\"A\",\"quantity\":6,\"quantitiy\":7}]}"), INVALID_FIELD);

    assertThat(refusal.fields()).containsExactly("items[0].quantitiy");
    assertThat(refusal.messages()).containsExactly("is not a known field; known are sku, quantity");
  }

  @Test
  void cutsAVeryLongName() {
    Refusal refusal = Refusal.of(send("{\"" + "x".repeat(5_000) + "\":1}"), INVALID_FIELD);

    assertThat(refusal.fields().getFirst()).hasSize(101).endsWith("…");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{                          | The body ends in the middle of the JSON",
        "{\"text\":\"secret         | The body ends in the middle of the JSON",
        "{\"text\":secret}          | The body is not valid JSON at line 1, column",
        "{\"text\":\"a\",}          | The body is not valid JSON at line 1, column 13",
        "{'text':'a'}               | The body is not valid JSON at line 1, column 2",
        "{\"number\":0x10}          | The body is not valid JSON at line 1, column",
        "{\"number\":NaN}           | The body is not valid JSON at line 1, column",
        "{\"text\":\"a\",\"text\":\"b\"}     | A field is there twice at line 1",
        "{\"attributes\":{\"a\":1,\"a\":2}}  | A field is there twice at line 1",
        "{} {}                      | Something follows the JSON at line 1, column 4",
        "null                       | A body is required"
      })
  void saysWhereTheJsonIsBroken(String json, String detail) {
    Refusal refusal = Refusal.of(send(json), MALFORMED_REQUEST);

    assertThat(refusal.detail()).startsWith(detail).doesNotContain("secret");
  }

  @Test
  void countsLines() {
    assertThat(Refusal.of(send("{\n \"text\": 'x'\n}"), MALFORMED_REQUEST).detail())
        .isEqualTo("The body is not valid JSON at line 2, column 10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\n"})
  void wantsABody(String nothing) {
    assertThat(Refusal.of(send(nothing), MALFORMED_REQUEST).detail())
        .isEqualTo("A body is required");
    assertThat(
            Refusal.of(
                    CLIENT
                        .put()
                        .uri("/probe/plain")
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(nothing)
                        .exchange(),
                    MALFORMED_REQUEST)
                .detail())
        .isEqualTo("A body is required");
  }

  @Test
  void readsNestingUpToTheLimitAndNoDeeper() {
    send(nested(StrictJson.MAX_DEPTH - 2)).expectStatus().isOk().expectBody();

    Refusal refusal = Refusal.of(send(nested(StrictJson.MAX_DEPTH - 1)), MALFORMED_REQUEST);
    assertThat(refusal.detail()).isEqualTo("The JSON is nested deeper than 64 levels");
    Refusal.of(send(nested(100_000)), MALFORMED_REQUEST);
  }

  private static String nested(int lists) {
    return "{\"attributes\":{\"a\":" + "[".repeat(lists) + "]".repeat(lists) + "}}";
  }

  @Test
  void refusesNumbersThatCostTooMuch() {
    Refusal.of(send("{\"amount\":" + "9".repeat(10_000) + "}"), MALFORMED_REQUEST);
  }

  @Test
  void refusesBytesThatAreNoText() {
    Refusal.of(
        CLIENT
            .post()
            .uri("/probe/body")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}'})
            .exchange(),
        MALFORMED_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "application/x-ndjson"})
  void understandsJsonOnly(String type) {
    Refusal refusal =
        Refusal.of(
            CLIENT
                .post()
                .uri("/probe/body")
                .header("Content-Type", type)
                .bodyValue("{}")
                .exchange(),
            UNSUPPORTED_MEDIA_TYPE);

    assertThat(refusal.detail()).contains("application/json");
    assertThat(refusal.headers().getFirst("Accept")).contains("application/json");
  }

  @Test
  void doesNotTakeForms() {
    Refusal.of(
        CLIENT
            .post()
            .uri("/probe/body")
            .contentType(MediaType.APPLICATION_FORM_URLENCODED)
            .bodyValue("text=a")
            .exchange(),
        UNSUPPORTED_MEDIA_TYPE);
  }

  @Test
  void keepsNullsAndIsoTimesInAnswers() {
    CLIENT
        .get()
        .uri("/probe/nulls")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .isEqualTo(
            "{\"items\":[],\"next\":null,\"at\":\"2026-11-23T19:04:05.123Z\",\"ttl\":\"PT15M\"}");
  }
}
