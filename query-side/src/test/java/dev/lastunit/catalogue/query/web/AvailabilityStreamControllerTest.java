package dev.lastunit.catalogue.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.catalogue.query.AvailabilityFeed;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.ReadServer;
import dev.lastunit.testing.Shelf;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Availability as it changes, over a real socket. */
class AvailabilityStreamControllerTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private static final ParameterizedTypeReference<ServerSentEvent<Change>> EVENT =
      new ParameterizedTypeReference<>() {};

  private static ReadServer server;

  record Change(String sku, String status, int available, long position) {}

  @BeforeAll
  static void start() {
    server =
        new ReadServer(
            List.of("V1__catalogue.sql", "V14__search_left_the_database.sql"),
            List.of("dev.lastunit.catalogue"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void tellsTheValueAndEveryChangeUntilTheProductIsDelisted() {
    Shelf shelf = listed("A-1", 7);
    StepVerifier.create(follow(shelf.sku()))
        .assertNext(
            event -> {
              assertThat(event.event()).isEqualTo("availability");
              assertThat(event.id()).isEqualTo(Long.toString(event.data().position()));
              assertThat(event.data().sku()).isEqualTo("A-1");
              assertThat(event.data().status()).isEqualTo("in-stock");
              assertThat(event.data().available()).isEqualTo(7);
            })
        .then(() -> server.record(Shelf.moved("A-1", -4)))
        .assertNext(event -> assertThat(event.data()).matches(is("low", 3)))
        // A change of the page and another product's stock are no change of this product's.
        .then(() -> server.record(shelf.changed(), Shelf.moved("A-2", 1)))
        .then(() -> server.record(Shelf.moved("A-1", -3)))
        .assertNext(event -> assertThat(event.data()).matches(is("out", 0)))
        .then(() -> server.record(new ProductDelisted(new Sku("A-1"))))
        .expectComplete()
        .verify(SOON);
    assertThat(open()).isZero();
  }

  @Test
  void tellsAChangeThatTheModelGetsToLater() {
    listed("B-1", 7);
    StepVerifier.create(follow("B-1").take(2))
        .assertNext(event -> assertThat(event.data()).matches(is("in-stock", 7)))
        .then(() -> server.recordOnly(Shelf.moved("B-1", -1)))
        .thenAwait(Duration.ofMillis(2_300))
        .then(server::project)
        .assertNext(event -> assertThat(event.data()).matches(is("in-stock", 6)))
        .expectComplete()
        .verify(SOON);
  }

  @Test
  void stopsWatchingWhenTheClientGoes() throws IOException, InterruptedException {
    listed("C-1", 7);
    try (HttpClient client = HttpClient.newHttpClient();
        BufferedReader in = open(client, "C-1")) {
      assertThat(nextData(in)).contains("\"available\":7");
      assertThat(open()).isEqualTo(1);
    }
    Instant deadline = Instant.now().plus(SOON);
    while (open() > 0 && Instant.now().isBefore(deadline)) {
      Thread.sleep(20);
    }
    assertThat(open()).isZero();
  }

  @Test
  void givesASlowReaderTheLatestValueAndNotEachInBetween()
      throws IOException, InterruptedException {
    listed("D-1", 0);
    try (HttpClient client = HttpClient.newHttpClient();
        BufferedReader in = open(client, "D-1")) {
      assertThat(nextData(in)).contains("\"available\":0");
      int moves = 400;
      for (int i = 0; i < moves; i++) {
        server.recordOnly(Shelf.moved("D-1", 1));
      }
      server.project();
      int told = 0;
      String data = "";
      while (!data.contains("\"available\":" + moves)) {
        data = nextData(in);
        told++;
      }
      assertThat(told).isLessThan(moves / 2);
    }
  }

  @Test
  void refusesAProductThatIsNotListed() {
    for (String sku : List.of("NO-SUCH", "*")) {
      server
          .client()
          .get()
          .uri("/v1/products/{sku}/availability/events", sku)
          .accept(MediaType.TEXT_EVENT_STREAM, MediaType.APPLICATION_PROBLEM_JSON)
          .exchange()
          .expectStatus()
          .isNotFound();
    }
  }

  private static int open() {
    return server.bean(AvailabilityFeed.class).open();
  }

  private static Predicate<Change> is(String status, int units) {
    return change -> change.status().equals(status) && change.available() == units;
  }

  private static Shelf listed(String sku, int units) {
    Shelf shelf = new Shelf(sku, "Thing", "", "", 100, units);
    server.record(shelf.added(), shelf.received());
    return shelf;
  }

  private static Flux<ServerSentEvent<Change>> follow(String sku) {
    return server
        .client()
        .get()
        .uri("/v1/products/{sku}/availability/events", sku)
        .accept(MediaType.TEXT_EVENT_STREAM)
        .exchange()
        .expectStatus()
        .isOk()
        .returnResult(EVENT)
        .getResponseBody()
        .filter(event -> event.data() != null);
  }

  private static BufferedReader open(HttpClient client, String sku)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + server.port()
                        + "/v1/products/"
                        + sku
                        + "/availability/events"))
            .header("Accept", MediaType.TEXT_EVENT_STREAM_VALUE)
            .timeout(SOON)
            .build();
    return new BufferedReader(
        new InputStreamReader(
            client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body(),
            StandardCharsets.UTF_8));
  }

  private static String nextData(BufferedReader in) throws IOException {
    String line = in.readLine();
    while (!line.startsWith("data:")) {
      line = in.readLine();
    }
    return line;
  }
}
