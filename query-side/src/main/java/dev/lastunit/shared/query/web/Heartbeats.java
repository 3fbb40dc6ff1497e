package dev.lastunit.shared.query.web;

import java.time.Duration;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Keeps streams of server-sent events alive. */
public final class Heartbeats {

  /** How often a comment is sent; proxies close what is silent for longer. */
  public static final Duration EVERY = Duration.ofSeconds(10);

  private Heartbeats() {}

  /**
   * The same events with a comment at once, so that the client gets its answer's head, and one
   * every {@link #EVERY}. Ends with the events.
   */
  public static <T> Flux<ServerSentEvent<T>> with(Flux<ServerSentEvent<T>> events) {
    return with(events, EVERY);
  }

  static <T> Flux<ServerSentEvent<T>> with(Flux<ServerSentEvent<T>> events, Duration every) {
    return Flux.defer(
        () -> {
          Sinks.Empty<Void> over = Sinks.empty();
          Flux<ServerSentEvent<T>> beats =
              Flux.interval(Duration.ZERO, every)
                  .onBackpressureDrop()
                  .map(tick -> ServerSentEvent.<T>builder().comment("heartbeat").build())
                  .takeUntilOther(over.asMono());
          return Flux.merge(beats, events.doFinally(signal -> over.tryEmitEmpty()));
        });
  }
}
