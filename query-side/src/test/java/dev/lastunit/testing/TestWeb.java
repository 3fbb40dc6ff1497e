package dev.lastunit.testing;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Problem;
import java.util.HashSet;
import java.util.Set;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The edges that the assembly gives to controllers: who calls, and how a refusal is told. */
@Configuration(proxyBeanMethods = false)
@EnableWebFlux
@RestControllerAdvice
class TestWeb implements WebFluxConfigurer {

  static final String SUBJECT = "Test-Subject";
  static final String ROLES = "Test-Roles";

  @Override
  public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
    configurer.addCustomResolver(new CallerOfHeaders());
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refuse(Problem problem) {
    ProblemDetail detail = ProblemDetail.forStatus(problem.code().status());
    detail.setTitle(problem.code().title());
    detail.setDetail(problem.getMessage());
    detail.setProperty("code", problem.code().slug());
    detail.setProperty("violations", problem.violations());
    return ResponseEntity.status(problem.code().status())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(detail);
  }

  /** Takes the headers for a token. */
  private static final class CallerOfHeaders implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == Caller.class;
    }

    @Override
    public Mono<Object> resolveArgument(
        MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
      HttpHeaders headers = exchange.getRequest().getHeaders();
      String subject = headers.getFirst(SUBJECT);
      return Mono.just(
          subject == null
              ? new Caller(null, Set.of())
              : new Caller(new CustomerId(subject), new HashSet<>(headers.getValuesAsList(ROLES))));
    }
  }
}
