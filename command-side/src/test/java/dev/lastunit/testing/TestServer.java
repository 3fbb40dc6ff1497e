package dev.lastunit.testing;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * Controllers behind a real socket. Who calls is said by the header {@value #SUBJECT}; problems are
 * answered as {@code {code, detail, violations, …}}. Tokens and the form of problems belong to the
 * assembly and are tested there.
 */
public final class TestServer implements AutoCloseable {

  /** Request header with the caller's subject. */
  public static final String SUBJECT = "Test-Subject";

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final DisposableServer server;

  /** Starts on a free port. */
  public TestServer(Object... controllers) {
    context.register(Web.class, Problems.class);
    for (var controller : controllers) {
      register(controller);
    }
    context.refresh();
    var handler = WebHttpHandlerBuilder.applicationContext(context).build();
    server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(new ReactorHttpHandlerAdapter(handler))
            .bindNow();
  }

  @SuppressWarnings("unchecked")
  private <T> void register(T controller) {
    context.registerBean((Class<T>) controller.getClass(), (Supplier<T>) () -> controller);
  }

  /** A client of this server that calls as the subject {@code ware}. */
  public WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + server.port())
        .defaultHeader(SUBJECT, "ware")
        .responseTimeout(java.time.Duration.ofSeconds(60))
        .build();
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.disposeNow();
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableWebFlux
  static class Web implements WebFluxConfigurer {
    @Override
    public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
      configurer.addCustomResolver(new CallerResolver());
    }
  }

  private static final class CallerResolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == Caller.class;
    }

    @Override
    public Mono<Object> resolveArgument(
        MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
      var subject = exchange.getRequest().getHeaders().getFirst(SUBJECT);
      return Mono.just(
          new Caller(
              subject == null ? null : new CustomerId(subject),
              Set.of(Caller.OPERATOR, Caller.WAREHOUSE)));
    }
  }

  /** A problem as these tests see it. */
  record ProblemAnswer(
      ErrorCode code, String detail, List<Violation> violations, Map<String, Object> extensions) {}

  @RestControllerAdvice
  static class Problems {
    @ExceptionHandler
    ResponseEntity<ProblemAnswer> answer(Problem problem) {
      return ResponseEntity.status(problem.code().status())
          .contentType(org.springframework.http.MediaType.APPLICATION_JSON)
          .body(
              new ProblemAnswer(
                  problem.code(),
                  problem.getMessage(),
                  problem.violations(),
                  problem.extensions()));
    }
  }
}
