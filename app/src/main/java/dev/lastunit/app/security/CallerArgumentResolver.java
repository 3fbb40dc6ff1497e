package dev.lastunit.app.security;

import dev.lastunit.shared.api.Caller;
import java.util.Set;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Gives controllers the {@link Caller} they ask for. */
@Component
class CallerArgumentResolver implements HandlerMethodArgumentResolver, WebFluxConfigurer {

  /** A request without a token, where none is needed. */
  static final Caller ANONYMOUS = new Caller(null, Set.of());

  @Override
  public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
    configurer.addCustomResolver(this);
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Caller.class;
  }

  @Override
  public Mono<Object> resolveArgument(
      MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
    return exchange
        .getPrincipal()
        .map(
            principal ->
                principal instanceof CallerAuthentication authentication
                    ? authentication.caller()
                    : ANONYMOUS)
        .defaultIfEmpty(ANONYMOUS)
        .cast(Object.class);
  }
}
