package dev.lastunit.app.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer that has the form of every refusal, whatever it refuses.
 *
 * @param body the problem document
 * @param headers of the answer
 */
public record Refusal(JsonNode body, HttpHeaders headers) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Checks the form and the code. */
  public static Refusal of(ResponseSpec response, ErrorCode code) {
    return of(response.expectBody().returnResult(), code);
  }

  /** Checks the form and the code of an answer that was read already. */
  public static Refusal of(EntityExchangeResult<byte[]> result, ErrorCode code) {
    String text =
        new String(
            result.getResponseBody() == null ? new byte[0] : result.getResponseBody(),
            StandardCharsets.UTF_8);
    assertThat(result.getStatus().value()).as(text).isEqualTo(code.status());
    assertThat(result.getResponseHeaders().getFirst("Content-Type"))
        .isEqualTo("application/problem+json");
    assertThat(text)
        .doesNotContain("secret-of-the-house")
        .doesNotContain("Exception")
        .doesNotContain("java.")
        .doesNotContain("dev.lastunit")
        .doesNotContain("springframework");
    JsonNode body = JSON.readTree(text);
    assertThat(body.get("type").asString()).isEqualTo("/problems/" + code.slug());
    assertThat(body.get("title").asString()).isEqualTo(code.title());
    assertThat(body.get("status").asInt()).isEqualTo(code.status());
    assertThat(body.get("detail").asString()).isNotBlank();
    assertThat(body.get("instance").asString()).startsWith("/").doesNotContain("?");
    return new Refusal(body, result.getResponseHeaders());
  }

  public String detail() {
    return body.get("detail").asString();
  }

  /** Fields of the violations, in order. */
  public List<String> fields() {
    List<String> fields = new ArrayList<>();
    body.path("violations").forEach(each -> fields.add(each.get("field").asString()));
    return fields;
  }

  /** Messages of the violations, in order. */
  public List<String> messages() {
    List<String> messages = new ArrayList<>();
    body.path("violations").forEach(each -> messages.add(each.get("message").asString()));
    return messages;
  }
}
