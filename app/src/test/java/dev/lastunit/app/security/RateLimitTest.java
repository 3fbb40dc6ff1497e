package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.app.web.EdgesServer;
import dev.lastunit.app.web.Refusal;
import dev.lastunit.shared.api.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Everybody has a bucket of his own; the tests' server has small ones. */
class RateLimitTest {

  private static final int LIMIT = 20;

  private static EdgesServer server;

  @BeforeAll
  static void start() {
    server = EdgesServer.start("lastunit.rate-limit=" + LIMIT);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String token(String subject) {
    return server
        .bean(TokenIssuer.class)
        .issue(subject, List.of("customer"), Duration.ofMinutes(5))
        .token();
  }

  @Test
  void limitsOneSubjectAndNobodyElse() throws InterruptedException {
    WebTestClient greedy = server.client(token("greedy"));
    WebTestClient modest = server.client(token("modest"));

    Refusal refusal = untilRefused(greedy, "/v1/carts/1");
    assertThat(refusal.headers().getFirst("Retry-After")).isEqualTo("1");
    assertThat(refusal.detail()).isEqualTo("More than 20 requests a second");
    modest.get().uri("/v1/carts/1").exchange().expectStatus().isOk().expectBody();

    Thread.sleep(1_000);
    greedy.get().uri("/v1/carts/1").exchange().expectStatus().isOk().expectBody();
  }

  @Test
  void countsWhatIsRefusedForWantOfARoleToo() {
    untilRefused(server.client(token("prying")), "/v1/parked");
  }

  @Test
  void limitsAnAddressWhereThereIsNoToken() {
    untilRefused(server.client(), "/v1/products/1");

    server
        .client(token("with-token"))
        .get()
        .uri("/v1/products/1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/health", "/v1/payments/webhooks/simulator"})
  void doesNotCount(String path) {
    for (int i = 0; i < 5 * LIMIT; i++) {
      var status =
          server
              .client()
              .get()
              .uri(path)
              .exchange()
              .expectBody()
              .returnResult()
              .getStatus()
              .value();
      assertThat(status).isNotEqualTo(429);
    }
  }

  @Test
  void canBeOff() {
    WebTestClient client = EdgesServer.shared().client();
    for (int i = 0; i < 5 * LIMIT; i++) {
      client.get().uri("/v1/products/1").exchange().expectStatus().isOk().expectBody();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "many", "1.5"})
  void wantsANumberOrOff(String setting) {
    assertThatThrownBy(() -> new RateLimits(setting))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lastunit.rate-limit");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8:1:2:3:4:5:6, 20010db800010002",
    "2001:db8:1:2:ffff::1, 20010db800010002"
  })
  void takesANetworkOfIpv6ForOneClient(String address, String key) throws UnknownHostException {
    assertThat(RateLimits.address(new InetSocketAddress(InetAddress.getByName(address), 1)))
        .isEqualTo("address " + key);
    assertThat(RateLimits.address(null)).isEqualTo("address unknown");
  }

  /**
   * A slow machine refills the bucket while we ask; it cannot refill it as fast as this for long.
   */
  private static Refusal untilRefused(WebTestClient client, String path) {
    for (int i = 0; i < 100 * LIMIT; i++) {
      EntityExchangeResult<byte[]> result =
          client.get().uri(path).exchange().expectBody().returnResult();
      if (result.getStatus().value() == 429) {
        assertThat(i).isGreaterThanOrEqualTo(LIMIT);
        return Refusal.of(result, ErrorCode.RATE_LIMITED);
      }
    }
    throw new AssertionError("never refused");
  }
}
