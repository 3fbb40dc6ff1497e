package dev.lastunit.app.security;

import dev.lastunit.app.web.ProblemWriter;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Bounds the requests of one subject, or of one address where there is no token.
 *
 * <p>Runs after authentication and inside the security chain only. Not counted: the actuator and
 * webhooks (a provider must get through, and is known by its signature).
 */
final class RateLimitFilter implements WebFilter {

  private static final List<String> NOT_COUNTED = List.of("/actuator/", "/v1/payments/webhooks/");

  private final RateLimits limits;

  RateLimitFilter(RateLimits limits) {
    this.limits = limits;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().pathWithinApplication().value();
    if (limits.perSecond().isEmpty() || NOT_COUNTED.stream().anyMatch(path::startsWith)) {
      return chain.filter(exchange);
    }
    return ReactiveSecurityContextHolder.getContext()
        .mapNotNull(context -> context.getAuthentication())
        .map(authentication -> RateLimits.subject(authentication.getName()))
        .defaultIfEmpty(RateLimits.address(exchange.getRequest().getRemoteAddress()))
        .flatMap(
            caller -> {
              OptionalLong wait = limits.secondsToWait(caller);
              return wait.isEmpty()
                  ? chain.filter(exchange)
                  : Mono.error(limited(wait.getAsLong()));
            });
  }

  private Problem limited(long waitSeconds) {
    return new Problem(
        ErrorCode.RATE_LIMITED,
        "More than " + limits.perSecond().orElseThrow() + " requests a second",
        List.of(),
        Map.of(ProblemWriter.RETRY_AFTER_SECONDS, waitSeconds));
  }
}
