package dev.lastunit.app.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.ErrorCode;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Every refusal has one form, whoever refuses and whatever the client accepts. */
class RefusalsTest {

  private static final WebTestClient CLIENT = EdgesServer.shared().client();

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void tellsEveryCode(ErrorCode code) {
    Refusal refusal = Refusal.of(CLIENT.get().uri("/probe/codes/" + code.name()).exchange(), code);

    assertThat(refusal.detail()).isEqualTo("A detail");
    assertThat(refusal.fields()).containsExactly("items[2].quantity");
    assertThat(refusal.body().get("retrySafe").asBoolean()).isEqualTo(code.retrySafe());
    assertThat(refusal.body().get("outcomeKnown").asBoolean()).isEqualTo(code.outcomeKnown());
    assertThat(refusal.headers().containsHeader("Retry-After"))
        .isEqualTo(code.status() == 429 || code.status() == 503);
    CLIENT
        .get()
        .uri("/problems/" + code.slug())
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/" + code.slug())
        .jsonPath("$.status")
        .isEqualTo(code.status());
  }

  @Test
  void listsTheProblemTypes() {
    CLIENT
        .get()
        .uri("/problems")
        .exchange()
        .expectBody()
        .jsonPath("$.length()")
        .isEqualTo(ErrorCode.values().length);
    Refusal.of(CLIENT.get().uri("/problems/nonsense").exchange(), ErrorCode.NOT_FOUND);
  }

  @Test
  void carriesFactsBesideTheStandardMembersAndNeverInTheirPlace() {
    Refusal refusal =
        Refusal.of(CLIENT.get().uri("/probe/shortage").exchange(), ErrorCode.OUT_OF_STOCK);

    assertThat(refusal.body().get("orderId").asString()).isEqualTo("o-1");
    assertThat(refusal.body().at("/shortages/0/sku").asString()).isEqualTo("85123A");
    assertThat(refusal.body().at("/shortages/0/requested").asInt()).isEqualTo(6);
    assertThat(refusal.body().get("instance").asString()).isEqualTo("/probe/shortage");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/nothing/at/all", "/v2/products", "/probe/body/"})
  void knowsNoOtherAddresses(String path) {
    Refusal refusal =
        Refusal.of(CLIENT.get().uri(path + "?token=secret").exchange(), ErrorCode.NOT_FOUND);

    assertThat(refusal.body().get("instance").asString()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/html", "application/xml", "text/event-stream", "image/png", "nonsense"})
  void tellsWhatIsWrongWhateverIsAccepted(String accept) {
    Refusal.of(
        CLIENT.get().uri("/nothing").header("Accept", accept).exchange(), ErrorCode.NOT_FOUND);
  }

  @Test
  void saysWhichMethodsThereAre() {
    Refusal refusal =
        Refusal.of(CLIENT.delete().uri("/probe/things/1").exchange(), ErrorCode.METHOD_NOT_ALLOWED);

    assertThat(refusal.headers().getAllow())
        .containsExactlyInAnyOrder(HttpMethod.GET, HttpMethod.PUT);
    assertThat(refusal.body().get("allowed").size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRACE", "CONNECT", "BREW"})
  void knowsNoOtherMethods(String method) {
    Refusal refusal =
        Refusal.of(
            CLIENT.method(HttpMethod.valueOf(method)).uri("/probe/things/1").exchange(),
            ErrorCode.METHOD_NOT_ALLOWED);

    assertThat(refusal.headers().getAllow()).contains(HttpMethod.GET, HttpMethod.POST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "application/xml", "nonsense"})
  void offersNoOtherFormat(String accept) {
    Refusal.of(
        CLIENT.get().uri("/probe/nulls").header("Accept", accept).exchange(),
        ErrorCode.NOT_ACCEPTABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "400, MALFORMED_REQUEST",
    "401, UNAUTHENTICATED",
    "403, FORBIDDEN",
    "404, NOT_FOUND",
    "406, NOT_ACCEPTABLE",
    "409, MALFORMED_REQUEST",
    "413, PAYLOAD_TOO_LARGE",
    "415, UNSUPPORTED_MEDIA_TYPE",
    "422, INVALID_FIELD",
    "429, RATE_LIMITED",
    "503, OVERLOADED"
  })
  void givesABareStatusItsForm(int status, ErrorCode code) {
    assertThat(Refusal.of(CLIENT.get().uri("/probe/status/" + status).exchange(), code).detail())
        .isEqualTo("Said by hand");
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void hidesAFaultOfOursBehindANumberThatTheLogKnows(CapturedOutput output) {
    Refusal refusal = Refusal.of(CLIENT.get().uri("/probe/bug").exchange(), ErrorCode.INTERNAL);

    String errorId = refusal.body().get("errorId").asString();
    assertThat(UUID.fromString(errorId)).isNotNull();
    assertThat(output.getAll()).contains(errorId).contains("secret-of-the-house");
  }

  @Test
  void tellsAReaderButNotAWriterToComeBackWhenTheDatabaseIsAway() {
    Refusal read = Refusal.of(CLIENT.get().uri("/probe/database").exchange(), ErrorCode.OVERLOADED);
    Refusal write = Refusal.of(CLIENT.post().uri("/probe/database").exchange(), ErrorCode.INTERNAL);

    assertThat(read.headers().getFirst("Retry-After")).isEqualTo("1");
    assertThat(read.body().toString()).doesNotContain("select");
    assertThat(write.body().get("outcomeKnown").asBoolean()).isFalse();
    assertThat(write.body().toString()).doesNotContain("insert");
  }

  @Test
  void doesNotKeepHeadersOfTheAnswerThatWasNotGiven() {
    Refusal refusal = Refusal.of(CLIENT.get().uri("/probe/cached").exchange(), ErrorCode.NOT_FOUND);

    assertThat(refusal.headers().getETag()).isNull();
    assertThat(refusal.headers().getCacheControl()).contains("no-store");
  }

  @Test
  void refusesAStreamThatFailsBeforeItBegins() {
    Refusal.of(CLIENT.get().uri("/probe/stream/0").exchange(), ErrorCode.INTERNAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/probe/stream/3", "/probe/sse/3"})
  void cutsOffAStreamThatFailsLater(String path) {
    StringBuilder read = new StringBuilder();
    boolean complete = true;
    try {
      CLIENT
          .get()
          .uri(path)
          .accept(MediaType.ALL)
          .exchange()
          .expectStatus()
          .isOk()
          .returnResult(String.class)
          .getResponseBody()
          .doOnNext(read::append)
          .blockLast();
    } catch (RuntimeException e) {
      complete = false;
    }

    assertThat(read.toString()).doesNotContain("secret-of-the-house").doesNotContain("problems");
    assertThat(complete).as("a reader can tell that something is missing").isFalse();
  }

  @Test
  void answersHeadWithoutABody() {
    CLIENT
        .head()
        .uri("/nothing")
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .isEmpty();
  }
}
