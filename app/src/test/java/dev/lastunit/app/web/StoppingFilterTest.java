package dev.lastunit.app.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class StoppingFilterTest {

  private final StoppingFilter filter = new StoppingFilter();

  @Test
  void letsEverythingThroughBeforeTheStop() {
    assertThat(passes(post("/v1/orders"))).isTrue();
  }

  @Test
  void refusesTheApiAndClosesTheConnectionFromTheStopOn() {
    filter.stop();
    var exchange = post("/v1/orders");

    var refusal = catchThrowableOfType(Problem.class, () -> passes(exchange));

    assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
    assertThat(exchange.getResponse().getHeaders().getFirst("Connection")).isEqualTo("close");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/actuator/health/readiness", "/v1/payments/webhooks/simulator"})
  void letsThroughWhatTheStopNeeds(String path) {
    filter.stop();

    assertThat(passes(post(path))).isTrue();
  }

  private static MockServerWebExchange post(String path) {
    return MockServerWebExchange.from(MockServerHttpRequest.post(path));
  }

  private boolean passes(MockServerWebExchange exchange) {
    var passed = new AtomicBoolean();
    filter.filter(exchange, _ -> Mono.fromRunnable(() -> passed.set(true))).block();
    return passed.get();
  }
}
