package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a {@link Problem} as the answer of a request, always as {@code application/problem+json}:
 * a client that accepts something else only is still told what is wrong.
 *
 * <p>Thread-safe, does not block.
 */
@Component
public class ProblemWriter {

  /** Extension that becomes the {@code Retry-After} header: whole seconds, a number. */
  public static final String RETRY_AFTER_SECONDS = "retryAfterSeconds";

  private static final long DEFAULT_RETRY_AFTER_SECONDS = 1;

  /** Headers that describe the answer that is not given. */
  private static final String[] OF_THE_OTHER_ANSWER = {
    HttpHeaders.ETAG, HttpHeaders.LAST_MODIFIED, HttpHeaders.CACHE_CONTROL, HttpHeaders.EXPIRES
  };

  private final JsonMapper json;

  /**
   * @param json writes the extensions, which may hold any of our values
   */
  public ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /**
   * Answers the request.
   *
   * @param exchange whose response is not committed yet
   * @param problem what to say
   * @param headers further headers, replacing those of the same name
   */
  public Mono<Void> write(ServerWebExchange exchange, Problem problem, HttpHeaders headers) {
    return Mono.defer(
        () -> {
          ServerHttpResponse response = exchange.getResponse();
          byte[] body = json.writeValueAsBytes(document(exchange, problem));
          HttpHeaders to = response.getHeaders();
          to.clearContentHeaders();
          for (String name : OF_THE_OTHER_ANSWER) {
            to.remove(name);
          }
          response.setStatusCode(HttpStatusCode.valueOf(problem.code().status()));
          to.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
          to.setContentLength(body.length);
          retryAfter(problem, to);
          headers.forEach(to::put);
          return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
        });
  }

  private static Map<String, Object> document(ServerWebExchange exchange, Problem problem) {
    ErrorCode code = problem.code();
    // What the standard names comes first and cannot be replaced by an extension.
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", type(code));
    document.put("title", code.title());
    document.put("status", code.status());
    document.put("detail", problem.getMessage());
    // Without the query, which may hold what does not belong in logs.
    document.put("instance", exchange.getRequest().getURI().getRawPath());
    if (!problem.violations().isEmpty()) {
      document.put("violations", problem.violations());
    }
    problem.extensions().forEach(document::putIfAbsent);
    document.putIfAbsent("retrySafe", code.retrySafe());
    document.putIfAbsent("outcomeKnown", code.outcomeKnown());
    return document;
  }

  /** The problem type of a code, a URI relative to the service. */
  static String type(ErrorCode code) {
    return "/problems/" + code.slug();
  }

  private static void retryAfter(Problem problem, HttpHeaders to) {
    int status = problem.code().status();
    Object told = problem.extensions().get(RETRY_AFTER_SECONDS);
    if (told instanceof Number seconds) {
      to.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, seconds.longValue())));
    } else if (status == 429 || status == 503) {
      to.set(HttpHeaders.RETRY_AFTER, Long.toString(DEFAULT_RETRY_AFTER_SECONDS));
    }
  }
}
