package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses what comes over connections that are still open once the node has begun to stop: 503 with
 * {@link ErrorCode#OVERLOADED}, so that nothing happened and the client may try again, and closes
 * the connection, so that it tries elsewhere. What came before is left alone.
 *
 * <p>Not refused: the actuator, and webhooks, which may decide what is in flight. First of all
 * filters, as nothing else of a refused request matters.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class StoppingFilter implements WebFilter {

  private static final String API = "/v1/";
  private static final String WEBHOOKS = "/v1/payments/webhooks/";

  private volatile boolean stopping;

  /** The server stops listening some moments after this. */
  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (!stopping) {
      return chain.filter(exchange);
    }
    String path = exchange.getRequest().getPath().pathWithinApplication().value();
    if (!path.startsWith(API) || path.startsWith(WEBHOOKS)) {
      return chain.filter(exchange);
    }
    exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
    return Mono.error(
        new Problem(ErrorCode.OVERLOADED, "The service is stopping; try again in a moment"));
  }
}
