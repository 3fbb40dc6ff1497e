package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses bodies of more than 1 MiB: at once when the length is announced, and as soon as the limit
 * is passed when it is not. Imports are streams of any length and are left alone.
 *
 * <p>Runs after authentication, so that a stranger learns nothing but that a token is needed.
 */
@Component
@Order(0)
class BodyLimitFilter implements WebFilter {

  /** Largest body, in bytes; from the contract. */
  static final int MAX_BYTES = 1024 * 1024;

  /** Its body is read as a stream, whatever its length; from the contract. */
  private static final String IMPORTS = "/v1/catalogue/imports";

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    if (request.getPath().pathWithinApplication().value().equals(IMPORTS)) {
      return chain.filter(exchange);
    }
    long announced = request.getHeaders().getContentLength();
    if (announced > MAX_BYTES) {
      return Mono.error(tooLarge());
    }
    if (announced >= 0) {
      // The server reads no more than was announced.
      return chain.filter(exchange);
    }
    return chain.filter(exchange.mutate().request(new Limited(request)).build());
  }

  private static Problem tooLarge() {
    return new Problem(
        ErrorCode.PAYLOAD_TOO_LARGE, "The body has more than " + MAX_BYTES + " bytes");
  }

  /** Counts what is read. Its body is read once, as any request's. */
  private static final class Limited extends ServerHttpRequestDecorator {

    private final AtomicLong read = new AtomicLong();

    Limited(ServerHttpRequest request) {
      super(request);
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody()
          .handle(
              (buffer, sink) -> {
                if (read.addAndGet(buffer.readableByteCount()) > MAX_BYTES) {
                  DataBufferUtils.release(buffer);
                  sink.error(tooLarge());
                } else {
                  sink.next(buffer);
                }
              });
    }
  }
}
