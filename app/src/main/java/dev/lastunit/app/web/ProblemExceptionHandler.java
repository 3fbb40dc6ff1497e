package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/**
 * The last stop of every request that failed, wherever it did: in a filter, for want of a handler,
 * or in a controller. Comes before Spring Boot's own, which would negotiate the answer's format.
 */
@Component
@Order(-2)
class ProblemExceptionHandler implements WebExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemExceptionHandler.class);

  private final ProblemWriter writer;
  private final Supplier<UUID> ids;

  ProblemExceptionHandler(ProblemWriter writer, Supplier<UUID> ids) {
    this.writer = writer;
    this.ids = ids;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    if (exchange.getResponse().isCommitted()
        || DisconnectedClientHelper.isClientDisconnectedException(failure)) {
      // A stream that has begun can only be cut off, so that nobody takes it for complete.
      return Mono.error(failure);
    }
    var answer = ProblemTranslator.translate(failure, exchange.getRequest());
    if (answer == null) {
      return writer.write(exchange, unexpected(exchange, failure), HttpHeaders.EMPTY);
    }
    if (answer.problem().code().status() >= 500) {
      LOG.warn(
          "{} {} -> {} {}",
          exchange.getRequest().getMethod(),
          exchange.getRequest().getPath().value(),
          answer.problem().code().slug(),
          answer.problem().getMessage());
    }
    return writer.write(exchange, answer.problem(), answer.headers());
  }

  /** The log has the fault, the client its number, so that the two can be brought together. */
  private Problem unexpected(ServerWebExchange exchange, Throwable failure) {
    String errorId = ids.get().toString();
    LOG.error(
        "{} {} failed, error id {}",
        exchange.getRequest().getMethod(),
        exchange.getRequest().getPath().value(),
        errorId,
        failure);
    return new Problem(
        ErrorCode.INTERNAL,
        "Something went wrong on our side; the log knows it by its errorId",
        List.of(),
        Map.of("errorId", errorId));
  }
}
