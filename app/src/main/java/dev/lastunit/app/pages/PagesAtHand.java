package dev.lastunit.app.pages;

import dev.lastunit.app.security.RateLimits;
import dev.lastunit.catalogue.query.ProductPage;
import dev.lastunit.catalogue.query.ProductPages;
import dev.lastunit.catalogue.query.ProductPages.Shown;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.web.Reads;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;

/**
 * Answers {@code GET /v1/products/{sku}} when nothing is special about the request and its page is
 * at hand: no token (that would have to be verified), no origin, no range, no query, no position.
 * The answer has the same status, headers and body as the long way's, is counted by the same rate
 * limit and in the same metric.
 *
 * <p>Thread-safe; never blocks.
 */
@Component
class PagesAtHand implements WebHttpHandlerBuilderCustomizer {

  private static final String PATH = "/v1/products/";

  /** Headers with which a request takes the long way. */
  private static final List<String> SPECIAL =
      List.of(
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.ORIGIN,
          HttpHeaders.RANGE,
          Reads.MIN_EVENT_POSITION,
          HttpHeaders.IF_MATCH,
          HttpHeaders.IF_MODIFIED_SINCE,
          HttpHeaders.IF_UNMODIFIED_SINCE);

  private final ProductPages pages;
  private final RateLimits limits;
  private final boolean trusted;
  private final Timer shown;
  private final Timer notModified;
  private volatile boolean stopping;

  /**
   * @param forwarded how headers of a proxy are read; where the web filters do so, the address that
   *     the rate limit counts is not known before them, and every request takes the long way
   */
  PagesAtHand(
      ProductPages pages,
      RateLimits limits,
      MeterRegistry meters,
      @Value("${server.forward-headers-strategy:none}") String forwarded) {
    this.pages = pages;
    this.limits = limits;
    this.trusted = !forwarded.equalsIgnoreCase("framework");
    this.shown = timer(meters, "SUCCESS", HttpStatus.OK);
    this.notModified = timer(meters, "REDIRECTION", HttpStatus.NOT_MODIFIED);
  }

  /** The one that the long way's observations make. */
  private static Timer timer(MeterRegistry meters, String outcome, HttpStatus status) {
    return Timer.builder("http.server.requests")
        .tag("error", "none")
        .tag("exception", "none")
        .tag("method", "GET")
        .tag("outcome", outcome)
        .tag("status", Integer.toString(status.value()))
        .tag("uri", PATH + "{sku}")
        .register(meters);
  }

  @Override
  public void customize(WebHttpHandlerBuilder builder) {
    builder.httpHandlerDecorator(this::before);
  }

  @EventListener(ContextClosedEvent.class)
  void stop() {
    stopping = true;
  }

  private HttpHandler before(HttpHandler others) {
    return (request, response) -> {
      long began = System.nanoTime();
      return atHand(request)
          .map(page -> answer(page, request, response, began))
          .orElseGet(() -> others.handle(request, response));
    };
  }

  private Optional<Shown> atHand(ServerHttpRequest request) {
    String path = request.getURI().getRawPath();
    if (!path.startsWith(PATH) || request.getMethod() != HttpMethod.GET || !isPlain(request)) {
      return Optional.empty();
    }
    String sku = path.substring(PATH.length());
    return isWrittenAsIs(sku) && Sku.isValid(sku)
        ? pages
            .atHand(new Sku(sku))
            .filter(page -> limits.allows(RateLimits.address(request.getRemoteAddress())))
        : Optional.empty();
  }

  private boolean isPlain(ServerHttpRequest request) {
    HttpHeaders headers = request.getHeaders();
    return trusted
        && !stopping
        && request.getURI().getRawQuery() == null
        && request.getSslInfo() == null
        && !hasSpecial(headers)
        && takesJson(headers.getFirst(HttpHeaders.ACCEPT))
        && isOneEntityTag(headers.getFirst(HttpHeaders.IF_NONE_MATCH));
  }

  private static boolean hasSpecial(HttpHeaders headers) {
    for (String name : SPECIAL) {
      if (headers.containsHeader(name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean takesJson(String accept) {
    return accept == null
        || accept.equals(MediaType.ALL_VALUE)
        || accept.equals(MediaType.APPLICATION_JSON_VALUE);
  }

  /** Not a list, not a weak one, not a star: those are compared in other ways. */
  private static boolean isOneEntityTag(String ifNoneMatch) {
    return ifNoneMatch == null || (ifNoneMatch.startsWith("\"") && ifNoneMatch.indexOf(',') < 0);
  }

  /** Whether the segment means itself: nothing escaped, no parameters, no further segment. */
  private static boolean isWrittenAsIs(String segment) {
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '/' || c == '%' || c == ';' || c == '+') {
        return false;
      }
    }
    return !segment.isEmpty();
  }

  private Mono<Void> answer(
      Shown at, ServerHttpRequest request, ServerHttpResponse response, long began) {
    ProductPage page = at.page();
    HttpHeaders headers = response.getHeaders();
    headers.set(Reads.EVENT_POSITION, Long.toString(at.position()));
    headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
    headers.set(HttpHeaders.ETAG, page.entityTag());
    headers.set(HttpHeaders.CACHE_CONTROL, page.cacheControl());
    PageHeaders.addTo(headers);
    if (page.entityTag().equals(request.getHeaders().getFirst(HttpHeaders.IF_NONE_MATCH))) {
      response.setStatusCode(HttpStatus.NOT_MODIFIED);
      return response.setComplete().doFinally(end -> count(notModified, began));
    }
    response.setStatusCode(HttpStatus.OK);
    headers.setContentLength(page.json().length);
    return response
        .writeWith(Mono.just(response.bufferFactory().wrap(page.json())))
        .doFinally(end -> count(shown, began));
  }

  private static void count(Timer timer, long began) {
    timer.record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
  }
}
