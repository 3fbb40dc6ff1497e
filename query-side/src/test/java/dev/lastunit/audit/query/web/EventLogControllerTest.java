package dev.lastunit.audit.query.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Event;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.Sse;
import dev.lastunit.testing.StoreServer;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The event store for analysts, over a socket from a real database. */
class EventLogControllerTest {

  private static StoreServer server;

  private final Purchase purchase = Purchase.of("ord-a", "ada");

  @BeforeAll
  static void start() {
    server = StoreServer.shared();
  }

  @BeforeEach
  void clear() {
    server.clear();
  }

  private static void append(Event event) {
    server.append(Purchase.stream(event), event);
  }

  private static WebTestClient analyst() {
    return server.client("ann", Caller.ANALYST);
  }

  private static List<JsonNode> lines(WebTestClient client, String uri) {
    String body =
        client
            .get()
            .uri(uri)
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .contentTypeCompatibleWith(MediaType.APPLICATION_NDJSON)
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    return body == null
        ? List.of()
        : body.lines().map(line -> JsonMapper.shared().readTree(line)).toList();
  }

  private static List<Long> positions(String uri) {
    return lines(analyst(), uri).stream().map(line -> line.get("position").asLong()).toList();
  }

  @Test
  void givesEachEventAsOneLine() {
    purchase.success().forEach(EventLogControllerTest::append);

    List<JsonNode> lines = lines(analyst(), "/v1/events");

    assertThat(lines).hasSize(10);
    JsonNode third = lines.get(2);
    assertThat(third.propertyNames())
        .containsExactly(
            "position", "at", "stream", "sequence", "type", "revision", "payload", "metadata");
    assertThat(third.get("position").asLong()).isEqualTo(3);
    assertThat(third.get("at").asString()).isEqualTo("2026-11-23T19:00:00.002Z");
    assertThat(third.get("stream").asString()).isEqualTo("order-ord-a");
    assertThat(third.get("sequence").asLong()).isEqualTo(1);
    assertThat(third.get("type").asString()).isEqualTo("ordering.OrderReserved");
    assertThat(third.get("revision").asString()).isEqualTo("1");
    assertThat(third.get("payload").get("lines").get(0).get("sku").asString()).isEqualTo("85123A");
    assertThat(third.get("metadata").get("subject").asString()).isEqualTo("tester");
  }

  @Test
  void givesWhatIsAskedFor() {
    purchase.success().forEach(EventLogControllerTest::append);

    assertThat(positions("/v1/events?after=8")).containsExactly(9L, 10L);
    assertThat(positions("/v1/events?position=4")).containsExactly(4L);
    assertThat(positions("/v1/events?position=11")).isEmpty();
    assertThat(positions("/v1/events?limit=3")).containsExactly(1L, 2L, 3L);
    assertThat(positions("/v1/events?after=2&limit=2")).containsExactly(3L, 4L);
    assertThat(positions("/v1/events?stream=order-ord-a")).containsExactly(1L, 3L, 7L);
    assertThat(positions("/v1/events?stream=order-ord-a&after=1&limit=1")).containsExactly(3L);
    assertThat(positions("/v1/events?type=ordering.OrderPlaced")).containsExactly(1L);
    assertThat(positions("/v1/events?type=OrderPlaced,OrderConfirmed")).containsExactly(1L, 7L);
    assertThat(positions("/v1/events?type=OrderPlaced&type=payment.PaymentCaptured"))
        .containsExactly(1L, 10L);
    assertThat(positions("/v1/events?from=2026-11-23T19:00:00.007Z")).containsExactly(8L, 9L, 10L);
    assertThat(positions("/v1/events?to=2026-11-23T19:00:00.002Z")).containsExactly(1L, 2L);
    assertThat(
            positions("/v1/events?from=2026-11-23T20:00:00.001+01:00&to=2026-11-23T19:00:00.003Z"))
        .containsExactly(2L, 3L);
    assertThat(positions("/v1/events?after=100")).isEmpty();
  }

  /** Each filter at its edges, and with what it must not let through. */
  @Test
  void drawsTheLineOfEachFilterWhereItSays() {
    purchase.success().forEach(EventLogControllerTest::append);

    assertThat(positions("/v1/events?after=0&limit=1")).containsExactly(1L);
    assertThat(positions("/v1/events?after=9")).containsExactly(10L);
    assertThat(positions("/v1/events?after=10")).isEmpty();
    assertThat(positions("/v1/events?position=1")).containsExactly(1L);
    assertThat(positions("/v1/events?position=10")).containsExactly(10L);
    assertThat(positions("/v1/events?position=1&type=OrderConfirmed")).isEmpty();
    assertThat(positions("/v1/events?limit=10")).hasSize(10);
    assertThat(positions("/v1/events?limit=11")).hasSize(10);
    assertThat(positions("/v1/events?from=2026-11-23T19:00:00.009Z")).containsExactly(10L);
    assertThat(positions("/v1/events?from=2026-11-23T19:00:00.009001Z")).isEmpty();
    assertThat(positions("/v1/events?to=2026-11-23T19:00:00Z")).isEmpty();
    assertThat(positions("/v1/events?to=2026-11-23T19:00:00.000001Z")).containsExactly(1L);
    assertThat(positions("/v1/events?from=2026-11-23T19:00:00.003Z&to=2026-11-23T19:00:00.003Z"))
        .isEmpty();
    assertThat(positions("/v1/events?stream=order-ord")).isEmpty();
    assertThat(positions("/v1/events?stream=order-ord-a&after=7")).isEmpty();
    assertThat(positions("/v1/events?stream=order-ord-a&after=6")).containsExactly(7L);
    assertThat(positions("/v1/events?stream=order-ord-a&position=3")).containsExactly(3L);
    assertThat(positions("/v1/events?stream=order-ord-a&position=4")).isEmpty();
    assertThat(positions("/v1/events?stream=order-ord-a&type=OrderReserved&limit=5"))
        .containsExactly(3L);
    assertThat(positions("/v1/events?stream=order-ord-a&type=PaymentCaptured")).isEmpty();
    assertThat(positions("/v1/events?stream=order-ord-a&from=2026-11-23T19:00:00.002Z"))
        .containsExactly(3L, 7L);
    assertThat(StoreServer.status(analyst(), "/v1/events?position=0")).isEqualTo(422);
    assertThat(StoreServer.status(analyst(), "/v1/events?limit=0")).isEqualTo(422);
    assertThat(StoreServer.status(analyst(), "/v1/events?to=10000-01-01T00:00:00Z")).isEqualTo(422);
    assertThat(StoreServer.status(analyst(), "/v1/events?type=Order")).isEqualTo(422);
  }

  /** Of a long history only the positions around the wanted times are read. */
  @Test
  void findsTheWantedTimesWithoutReadingEverything() {
    int events = 200_000;
    insertSeconds(events);
    long before = server.reads();

    assertThat(positions("/v1/events?from=2026-11-24T19:00:00Z&to=2026-11-24T19:00:03Z"))
        .containsExactly(86_401L, 86_402L, 86_403L);
    assertThat(server.reads() - before).as("statements").isLessThanOrEqualTo(4);
    assertThat(positions("/v1/events?from=2026-12-24T19:00:00Z")).isEmpty();
    assertThat(positions("/v1/events?to=2026-11-23T19:00:02Z")).containsExactly(1L, 2L);
    assertThat(server.reads() - before).as("statements").isLessThanOrEqualTo(12);
  }

  /** A long stream is read on from where its page before ended, not from its first event. */
  @Test
  void readsALongStreamOnce() {
    int events = 20_000;
    insertSeconds(events);
    server
        .jdbc()
        .update(
            "insert into eventstore.stream_event (stream, sequence, position)"
                + " select 'order-long', n - 1, n from generate_series(1, ?) n",
            events);
    server
        .jdbc()
        .update("update eventstore.event set stream = 'order-long', sequence = position - 1");
    long before = server.reads();

    assertThat(positions("/v1/events?stream=order-long&after=17999"))
        .hasSize(2_001)
        .startsWith(18_000L)
        .endsWith(20_000L);
    assertThat(server.reads() - before).as("statements").isLessThanOrEqualTo(6);
    assertThat(positions("/v1/events?stream=order-long")).hasSize(events).isSorted();
  }

  private static void insertSeconds(int events) {
    server
        .jdbc()
        .update(
            """
            insert into eventstore.event
              (position, sequence, at, stream, type, revision, event_id, payload, metadata)
            select n, 0, timestamptz '2026-11-23 19:00:00Z' + (n - 1) * interval '1 second',
                   'order-ord-' || n, 'ordering.OrderConfirmed', '1', 'e' || n,
                   '{"orderId":"ord-' || n || '"}', '{}'
              from generate_series(1, ?) n
            """,
            events);
    server.headIs(events);
  }

  @Test
  void compressesForThoseWhoAcceptIt() throws Exception {
    purchase.success().forEach(EventLogControllerTest::append);
    String plain = lines(analyst(), "/v1/events").toString();

    HttpResponse<byte[]> packed = get("/v1/events", "br, gzip;q=0.5");
    HttpResponse<byte[]> nothing = get("/v1/events?after=100", "gzip");
    HttpResponse<byte[]> refused = get("/v1/events?after=100", "gzip;q=0, *");

    assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(packed.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(
            unpacked(packed.body())
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList()
                .toString())
        .isEqualTo(plain);
    assertThat(unpacked(nothing.body())).isEmpty();
    assertThat(refused.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(refused.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(refused.body()).isEmpty();
  }

  /** By a client that leaves the bytes as they come. */
  private static HttpResponse<byte[]> get(String uri, String acceptEncoding) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + uri))
              .header("Accept-Encoding", acceptEncoding)
              .header("Test-Subject", "ann")
              .header("Test-Roles", Caller.ANALYST)
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static String unpacked(byte[] bytes) throws IOException {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void endsALiveStreamWhereItsEndIs() {
    purchase.success().subList(0, 4).forEach(EventLogControllerTest::append);

    try (Sse stream = new Sse(analyst(), "/v1/events?position=3&type=OrderReserved", null)) {
      assertThat(stream.awaitEnd().ids()).containsExactly("3");
    }
    try (Sse stream = new Sse(analyst(), "/v1/events?position=3&type=OrderConfirmed", null)) {
      assertThat(stream.awaitEnd().ids()).isEmpty();
    }
    server.nowIs(StoreServer.START.plusSeconds(3_600));
    try (Sse stream = new Sse(analyst(), "/v1/events?to=2026-11-23T19:00:00.002Z", null)) {
      assertThat(stream.awaitEnd().ids()).containsExactly("1", "2");
    }
    try (Sse stream = new Sse(analyst(), "/v1/events?position=5", null)) {
      purchase.success().subList(4, 7).forEach(EventLogControllerTest::append);
      assertThat(stream.awaitEnd().ids()).containsExactly("5");
    }
    Sse.until(() -> server.watchers() == 0, "a watch was left");
  }

  @Test
  void refusesWhatIsNotValidAndSaysEverything() {
    String body =
        analyst()
            .get()
            .uri("/v1/events?after=-1&type=OrderForgotten&from=yesterday&limit=0")
            .exchange()
            .expectStatus()
            .isEqualTo(422)
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();

    assertThat(body).contains("\"after\"", "OrderForgotten", "\"from\"", "\"limit\"");
  }

  @Test
  void masksPersonalDataUnlessTheCallerIsAnOperatorAsWell() {
    append(purchase.placed());
    append(purchase.requested());

    List<JsonNode> masked = lines(analyst(), "/v1/events");
    List<JsonNode> open =
        lines(server.client("root", Caller.ANALYST, Caller.OPERATOR), "/v1/events");

    assertThat(masked.toString()).doesNotContain("Ada Example", "Mill Lane", "LS1", "tok_ok");
    JsonNode placed = masked.getFirst().get("payload");
    assertThat(placed.get("shippingAddress").get("name").asString()).isEqualTo("***");
    assertThat(placed.get("shippingAddress").get("country").asString()).isEqualTo("GB");
    assertThat(placed.get("payment").get("token").asString()).isEqualTo("***");
    assertThat(placed.get("payment").get("method").asString()).isEqualTo("card");
    assertThat(placed.get("lines").get(0).get("unitPrice").get("amount").asInt()).isEqualTo(255);
    assertThat(masked.getLast().get("payload").get("token").asString()).isEqualTo("***");
    assertThat(open.toString()).contains("Ada Example", "tok_ok").doesNotContain("***");
  }

  @Test
  void isForAnalysts() {
    assertThat(StoreServer.status(server.client(), "/v1/events")).isEqualTo(401);
    assertThat(StoreServer.status(server.client("ada", Caller.CUSTOMER), "/v1/events"))
        .isEqualTo(403);
  }

  @Test
  void saysHowFarTheStoreIsAndRefusesWhatNobodyWasGiven() {
    append(purchase.placed());

    analyst()
        .get()
        .uri("/v1/events")
        .header("Min-Event-Position", "1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .valueEquals("Event-Position", "1")
        .expectBody()
        .returnResult();
    analyst()
        .get()
        .uri("/v1/events")
        .header("Min-Event-Position", "2")
        .exchange()
        .expectStatus()
        .isEqualTo(503)
        .expectBody()
        .returnResult();
  }

  @Test
  void followsLiveAndResumes() {
    purchase.success().subList(0, 4).forEach(EventLogControllerTest::append);

    try (Sse stream = new Sse(analyst(), "/v1/events", null)) {
      stream.await(4);
      purchase.success().subList(4, 7).forEach(EventLogControllerTest::append);
      stream.await(7);

      assertThat(stream.ids()).containsExactly("1", "2", "3", "4", "5", "6", "7");
      assertThat(stream.types()).startsWith("ordering.OrderPlaced", "inventory.StockReserved");
      JsonNode last = JsonMapper.shared().readTree(stream.events().getLast().data());
      assertThat(last.get("type").asString()).isEqualTo("ordering.OrderConfirmed");
      assertThat(last.get("payload").get("orderId").asString()).isEqualTo("ord-a");
    }
    try (Sse stream = new Sse(analyst(), "/v1/events", "5")) {
      stream.await(2);
      append(purchase.prepared());
      assertThat(stream.await(3).ids()).containsExactly("6", "7", "8");
    }
    Sse.until(() -> server.watchers() == 0, "a watch was left");
  }

  @Test
  void followsOnlyWhatIsAskedFor() {
    append(purchase.placed());

    try (Sse stream = new Sse(analyst(), "/v1/events?type=OrderConfirmed&limit=1", null)) {
      purchase.success().subList(1, 9).forEach(EventLogControllerTest::append);

      assertThat(stream.awaitEnd().ids()).containsExactly("7");
    }
  }

  /**
   * A client that stops reading makes the server stop reading: of 100,000 events only a few batches
   * are read, and everything comes once the client goes on.
   */
  @Test
  void streamsAHundredThousandEventsAtTheClientsSpeed() throws Exception {
    int events = 100_000;
    server
        .jdbc()
        .update(
            """
            insert into eventstore.event
              (position, sequence, at, stream, type, revision, event_id, payload, metadata)
            select n, 0, timestamptz '2026-11-23 19:00:00Z', 'order-ord-' || n,
                   'ordering.OrderConfirmed', '1', 'e' || n,
                   '{"orderId":"ord-' || n || '","filler":"' || repeat('x', 250) || '"}', '{}'
              from generate_series(1, ?) n
            """,
            events);
    server.headIs(events);
    long before = server.reads();

    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(64 << 10);
      socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
      socket
          .getOutputStream()
          .write(
              ("GET /v1/events HTTP/1.0\r\nHost: localhost\r\nTest-Subject: ann\r\n"
                      + "Test-Roles: analyst\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(reader.readLine()).contains("200");
      Sse.until(() -> server.reads() - before >= 3, "nothing was read");
      long settled;
      do {
        settled = server.reads();
        Thread.sleep(1_000);
      } while (server.reads() != settled);
      assertThat(settled - before).as("batches read").isLessThan(40);

      long next = 1;
      String line;
      while ((line = reader.readLine()) != null) {
        if (line.startsWith("{")) {
          assertThat(line).startsWith("{\"position\":" + next + ",");
          next++;
        }
      }
      assertThat(next - 1).isEqualTo(events);
      assertThat(server.reads() - before).isGreaterThan(100);
    }
  }

  /**
   * A batch is bounded in bytes as well: events of a megabyte are not read a thousand at a time.
   */
  @Test
  void readsLargeEventsFewAtATime() {
    server
        .jdbc()
        .update(
            """
            insert into eventstore.event
              (position, sequence, at, stream, type, revision, event_id, payload, metadata)
            select n, 0, timestamptz '2026-11-23 19:00:00Z', 'order-ord-' || n,
                   'ordering.OrderConfirmed', '1', 'e' || n,
                   '{"orderId":"ord-' || n || '","filler":"' || repeat('x', 1000000) || '"}', '{}'
              from generate_series(1, 30) n
            """);
    server.headIs(30);
    long before = server.reads();

    WebTestClient client =
        analyst()
            .mutate()
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 << 20))
            .build();

    assertThat(lines(client, "/v1/events?from=2026-01-01T00:00:00Z")).hasSize(30);
    assertThat(server.reads() - before).isBetween(6L, 12L);
  }
}
