package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.web.EdgesServer;
import dev.lastunit.app.web.Refusal;
import dev.lastunit.shared.api.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

/** What browsers are told, and what the actuator shows. */
class HeadersTest {

  private static final EdgesServer SERVER = EdgesServer.shared();

  private static HttpHeaders headers(String path) {
    return SERVER
        .client()
        .get()
        .uri(path)
        .exchange()
        .expectBody()
        .returnResult()
        .getResponseHeaders();
  }

  @Test
  void lettingNothingBeGuessedFramedOrKept() {
    HttpHeaders headers = headers("/v1/products/1");

    assertThat(headers.getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(headers.getFirst("X-Frame-Options")).isEqualTo("DENY");
    assertThat(headers.getFirst("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(headers.getFirst("Cache-Control")).contains("no-store");
    assertThat(headers.getFirst("Content-Security-Policy"))
        .isEqualTo("default-src 'none'; frame-ancestors 'none'");
    assertThat(headers.containsHeader("Set-Cookie")).isFalse();
    assertThat(headers.containsHeader("Server")).isFalse();
  }

  @Test
  void lettingPagesRunTheirOwnScriptsOnly() {
    assertThat(headers("/swagger-ui/index.html").getFirst("Content-Security-Policy"))
        .startsWith("default-src 'self'")
        .doesNotContain("script-src");
    SERVER
        .client()
        .get()
        .uri("/swagger-ui/index.html")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .value(html -> assertThat(html).contains("swagger-ui").doesNotContainPattern("<script>"));
  }

  @Test
  void allowsNoOtherOriginUnlessTold() {
    HttpHeaders headers =
        SERVER
            .client()
            .get()
            .uri("/v1/products/1")
            .header("Origin", "https://shop.example")
            .exchange()
            .expectBody()
            .returnResult()
            .getResponseHeaders();

    assertThat(headers.getAccessControlAllowOrigin()).isNull();
  }

  @Test
  void allowsTheOriginsThatAreNamed() {
    try (EdgesServer server =
        EdgesServer.start("lastunit.security.allowed-origins=https://shop.example")) {
      HttpHeaders preflight =
          server
              .client()
              .options()
              .uri("/v1/orders")
              .header("Origin", "https://shop.example")
              .header("Access-Control-Request-Method", "POST")
              .header("Access-Control-Request-Headers", "authorization, idempotency-key")
              .exchange()
              .expectStatus()
              .isOk()
              .expectBody()
              .returnResult()
              .getResponseHeaders();
      assertThat(preflight.getAccessControlAllowOrigin()).isEqualTo("https://shop.example");
      assertThat(preflight.getAccessControlAllowHeaders()).contains("idempotency-key");
      assertThat(preflight.getAccessControlAllowCredentials()).isFalse();

      server
          .client()
          .get()
          .uri("/v1/products/1")
          .header("Origin", "https://shop.example")
          .exchange()
          .expectStatus()
          .isOk()
          .expectHeader()
          .value(
              "Access-Control-Expose-Headers",
              exposed -> assertThat(exposed).contains("Event-Position"))
          .expectBody();
      server
          .client()
          .get()
          .uri("/v1/products/1")
          .header("Origin", "https://evil.example")
          .exchange()
          .expectStatus()
          .isForbidden()
          .expectBody();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health",
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/info",
        "/actuator/prometheus"
      })
  void showsHealthAndMetrics(String path) {
    SERVER.client().get().uri(path).exchange().expectStatus().isOk().expectBody();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator",
        "/actuator/env",
        "/actuator/beans",
        "/actuator/heapdump",
        "/actuator/loggers",
        "/actuator/mappings",
        "/actuator/configprops",
        "/actuator/threaddump",
        "/actuator/healthy"
      })
  void showsNothingElseOfTheActuator(String path) {
    Refusal.of(SERVER.client().get().uri(path).exchange(), ErrorCode.UNAUTHENTICATED);
    Refusal.of(SERVER.client("o", "operator").get().uri(path).exchange(), ErrorCode.FORBIDDEN);
  }

  @Test
  void tellsNothingOfWhatHealthIsMadeOf() {
    SERVER
        .client()
        .get()
        .uri("/actuator/health")
        .exchange()
        .expectBody()
        .jsonPath("$.status")
        .isEqualTo("UP")
        .jsonPath("$.components")
        .doesNotExist();
  }
}
