package dev.lastunit.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.Disposable;

/** A stream of server-sent events as a client reads it, in the background. */
public final class Sse implements AutoCloseable {

  private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENT =
      new ParameterizedTypeReference<>() {};

  private final List<ServerSentEvent<String>> received = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Disposable subscription;

  /**
   * Opens the stream; fails unless it is answered with 200.
   *
   * @param lastEventId null for none
   */
  public Sse(WebTestClient client, String uri, String lastEventId) {
    WebTestClient.RequestHeadersSpec<?> request =
        client.get().uri(uri).accept(MediaType.TEXT_EVENT_STREAM);
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    subscription =
        request
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
            .returnResult(EVENT)
            .getResponseBody()
            .doFinally(signal -> ended.countDown())
            .subscribe(received::add);
  }

  /** What has come, without comments. */
  public List<ServerSentEvent<String>> events() {
    return received.stream().filter(event -> event.data() != null).toList();
  }

  /** The identifiers of what has come. */
  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    events().forEach(event -> ids.add(event.id()));
    return ids;
  }

  /** The types of what has come. */
  public List<String> types() {
    List<String> types = new ArrayList<>();
    events().forEach(event -> types.add(event.event()));
    return types;
  }

  /** Comments that have come. */
  public long comments() {
    return received.stream().filter(event -> event.comment() != null).count();
  }

  /** Waits until so many events have come. */
  public Sse await(int count) {
    until(() -> events().size() >= count, "only " + ids() + " came");
    return this;
  }

  /** Waits until the server has ended the stream. */
  public Sse awaitEnd() {
    try {
      if (!ended.await(15, TimeUnit.SECONDS)) {
        throw new AssertionError("The stream did not end after " + types());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  /** Whether the server has ended the stream. */
  public boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /** Waits, at most 15 s, until something is so. */
  public static void until(BooleanSupplier condition, String otherwise) {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(otherwise);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    subscription.dispose();
  }
}
