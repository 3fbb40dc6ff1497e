package dev.lastunit.catalogue.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.command.CatalogueCommandSide;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.command.InventoryCommandSide;
import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.testing.CommandDatabase;
import dev.lastunit.testing.InMemoryCommandSide;
import dev.lastunit.testing.TestServer;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.reactive.server.JsonPathAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Imports from the socket to the events, with the real database, file system and command bus. */
@Timeout(120)
class ImportTest {

  private static final MediaType NDJSON = MediaType.parseMediaType("application/x-ndjson");
  private static final MediaType CSV = MediaType.parseMediaType("text/csv");
  private static final AtomicLong IDS = new AtomicLong();

  private static DataSource database;

  @TempDir private Path directory;

  private final FaultyCommands commands = new FaultyCommands();
  private final HandlersBehind positions = new HandlersBehind();
  private InMemoryCommandSide commandSide;
  private Imports imports;
  private TestServer server;
  private WebTestClient client;

  /** How far an import has got, as clients see it. */
  private record Answer(
      String importId,
      ImportView.State state,
      long read,
      long accepted,
      long rejected,
      List<ImportView.LineError> errors,
      String failure) {

    boolean ended() {
      return state != ImportView.State.RUNNING;
    }
  }

  /** The real thing, except that it can be told to fail or to wait. */
  private final class FaultyCommands implements Commands {
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger ungated = new AtomicInteger(Integer.MAX_VALUE);
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** After so many commands the others wait. */
    void gateAfter(int commandsBefore) {
      ungated.set(commandsBefore);
      gate = new CountDownLatch(1);
    }

    void open() {
      gate.countDown();
    }

    @Override
    public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata) {
      if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        return CompletableFuture.failedFuture(new Problem(ErrorCode.OVERLOADED, "busy"));
      }
      if (gate.getCount() > 0 && ungated.getAndDecrement() <= 0) {
        waiting.incrementAndGet();
        return CompletableFuture.runAsync(
                () -> {
                  try {
                    gate.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                },
                work -> Thread.ofVirtual().start(work))
            .thenCompose(open -> commandSide.send(command, metadata))
            .whenComplete((reply, fault) -> waiting.decrementAndGet());
      }
      return commandSide.send(command, metadata);
    }
  }

  /** Event handlers that are as far behind as they are told to be. */
  private static final class HandlersBehind implements Positions {
    private volatile long behind;

    @Override
    public long of(String handler) {
      return head() - behind;
    }

    @Override
    public long head() {
      return 1_000_000;
    }

    @Override
    public Map<String, Long> all() {
      return Map.of("catalogue.products", of("catalogue.products"), "inventory.stock", head());
    }
  }

  @BeforeAll
  static void createDatabase() {
    database = CommandDatabase.create();
  }

  @BeforeEach
  void start() {
    commandSide =
        new InMemoryCommandSide(CatalogueCommandSide.aggregate(), InventoryCommandSide.aggregate());
    startNode();
  }

  private void startNode() {
    imports =
        new Imports(
            commands,
            positions,
            new ImportStore(JdbcClient.create(database)),
            Clock.systemUTC(),
            () -> new UUID(0, IDS.incrementAndGet()),
            directory.toString());
    imports.start();
    server = new TestServer(new ImportController(imports, "GBP"));
    client = server.client();
  }

  @AfterEach
  void stop() {
    stopNode();
    commandSide.close();
  }

  private void stopNode() {
    server.close();
    imports.stop();
  }

  @Test
  void importsProductsAndTheirOpeningStock() {
    var view =
        imported(
            NDJSON,
            "",
            """
            {"sku":"L1","name":"Lamp","price":{"amount":1999,"currency":"EUR"},\
            "stock":[{"location":"hull","quantity":5},{"location":"york","quantity":2}]}

            {"sku":"L2","name":"Lantern","price":{"amount":999,"currency":"EUR"}}
            """);

    assertThat(view.state()).isEqualTo(ImportView.State.COMPLETED);
    assertThat(List.of(view.read(), view.accepted(), view.rejected())).containsExactly(2L, 2L, 0L);
    assertThat(view.errors()).isEmpty();
    assertThat(commandSide.events())
        .contains(
            new OpeningStockRecorded(new Sku("L1"), new LocationId("hull"), 5),
            new OpeningStockRecorded(new Sku("L1"), new LocationId("york"), 2))
        .hasSize(4);
    assertThat(commandSide.metadata())
        .allSatisfy(metadata -> assertThat(metadata).containsEntry(Commands.SUBJECT, "ware"));
  }

  @Test
  void changesNothingWhenTheSameFileComesAgain() {
    var file = "sku,name,price,stock,location\nL1,Lamp,2.5,7,hull\nL2,Lantern,1,0,hull\n";
    imported(CSV, "", file);
    var events = commandSide.events();

    var again = imported(CSV, "", file);

    assertThat(again.accepted()).isEqualTo(2);
    assertThat(commandSide.events()).isEqualTo(events).hasSize(4);
  }

  @Test
  void completesAnEmptyFile() {
    for (var type : List.of(NDJSON, CSV)) {
      var view = imported(type, "", "");

      assertThat(view.state()).isEqualTo(ImportView.State.COMPLETED);
      assertThat(view.read()).isZero();
    }
  }

  @Test
  void takesARetailersDirtAsItIs() {
    var view =
        imported(
            CSV,
            "?map.stock.main=Quantity",
            """
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            536365,85123A,,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
            536366,85123A,WHITE HEART ,6,2010-12-01 08:28:00,2.55,17850.0,United Kingdom
            536367,85123A,WHITE HEART,6,2010-12-01 08:34:00,2.95,13047.0,United Kingdom
            536368,85123A,WHITE HEART,7,2010-12-01 08:34:00,2.55,13047.0,United Kingdom
            536369,71053,WHITE METAL LANTERN,6,2010-12-01 08:35:00,0.0,,United Kingdom
            C36370,71053,WHITE METAL LANTERN,-1,2010-12-01 08:35:00,3.39,,United Kingdom
            """);

    assertThat(List.of(view.read(), view.accepted(), view.rejected())).containsExactly(7L, 2L, 5L);
    assertThat(view.errors())
        .extracting(error -> error.line() + ": " + error.reason())
        .containsExactly(
            "2: name must not be empty",
            "5: says something else about this SKU than line 3",
            "6: has other stock for main than line 3",
            "7: price is 0: there is no price",
            "8: stock.main must be whole units, 0 to 2147483647");
    assertThat(commandSide.events())
        .hasSize(2)
        .hasAtLeastOneElementOfType(ProductAdded.class)
        .hasAtLeastOneElementOfType(OpeningStockRecorded.class);
  }

  @Test
  void takesARowForEachLocation() {
    var view =
        imported(CSV, "", "sku,name,price,stock,location\nL1,Lamp,1,7,hull\nL1,Lamp,1,8,york\n");

    assertThat(view.accepted()).isEqualTo(2);
    assertThat(commandSide.events())
        .contains(
            new OpeningStockRecorded(new Sku("L1"), new LocationId("hull"), 7),
            new OpeningStockRecorded(new Sku("L1"), new LocationId("york"), 8))
        .hasSize(3);
  }

  @Test
  void tellsWhatTheDomainRefuses() {
    var view =
        imported(
            CSV,
            "?location=hull",
            "sku,name,price,stock,stock.york\nL1,Lamp,1,2147483647,1\nL2,Lamp,1,1,1\n");

    assertThat(List.of(view.accepted(), view.rejected())).containsExactly(1L, 1L);
    assertThat(view.errors().getFirst().reason()).startsWith("A total would exceed");
    assertThat(view.errors().getFirst().line()).isEqualTo(2);
  }

  @Test
  void rejectsLinesThatAreTooLongOrNotUtf8() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(line("L1").getBytes(StandardCharsets.UTF_8));
    bytes.write(("{\"sku\":\"" + "x".repeat(2 << 20) + "\"}\n").getBytes(StandardCharsets.UTF_8));
    bytes.write(line("L2").replace("Lamp", "Café").getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(line("L3").getBytes(StandardCharsets.UTF_8));

    var view = awaited(accepted(NDJSON, "", bytes.toByteArray()));

    assertThat(view.accepted()).isEqualTo(2);
    assertThat(view.errors())
        .extracting(error -> error.line() + ": " + error.reason())
        .containsExactly("2: is longer than 1 MiB", "3: is not valid UTF-8");
  }

  @Test
  void importsAHundredThousandLines() throws IOException {
    var file = directory.resolve("generated.ndjson");
    try (var out = Files.newBufferedWriter(file)) {
      for (int i = 1; i <= 100_000; i++) {
        write(out, i);
      }
    }

    var view = awaited(accepted(NDJSON, "", new FileSystemResource(file)));

    long bad = 0;
    long other = 0;
    var skus = new HashSet<String>();
    for (int i = 1; i <= 100_000; i++) {
      if (isBad(i)) {
        bad++;
      } else if (isOther(i)) {
        other++;
      } else {
        skus.add(sku(i));
      }
    }
    assertThat(view.read()).isEqualTo(100_000);
    assertThat(view.rejected()).isEqualTo(bad + other);
    assertThat(view.accepted()).isEqualTo(100_000 - bad - other);
    assertThat(view.errors()).hasSize(ImportProgress.MAX_ERRORS);
    assertThat(view.errors().getFirst().line()).isEqualTo(7);
    assertThat(view.errors()).isSortedAccordingTo((a, b) -> Long.compare(a.line(), b.line()));
    var added = commandSide.events().stream().filter(ProductAdded.class::isInstance).count();
    assertThat(added).isEqualTo(skus.size());
    assertThat(commandSide.events()).hasSize(skus.size());
    assertThat(directory.resolve("imports")).isEmptyDirectory();
  }

  private static void write(BufferedWriter out, int i) throws IOException {
    if (isBad(i)) {
      out.write("no product\n");
    } else if (isOther(i)) {
      out.write(line("S1").replace("Lamp", "Other " + i));
    } else {
      out.write(line(sku(i)));
    }
  }

  private static boolean isBad(int i) {
    return i % 10 == 0;
  }

  private static boolean isOther(int i) {
    return i % 7 == 0;
  }

  /** Products come back, word for word, after 20,000 lines. */
  private static String sku(int i) {
    return "S" + i % 20_000;
  }

  @Test
  void takesCompressedFiles() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      gzip.write(line("L1").getBytes(StandardCharsets.UTF_8));
    }

    var view = awaited(accepted(NDJSON, "", bytes.toByteArray(), "gzip"));

    assertThat(view.accepted()).isEqualTo(1);
  }

  @Test
  void failsWhenACompressedFileIsCutOff() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < 1_000; i++) {
        gzip.write(
            line("L" + UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)})).getBytes());
      }
    }
    var half = Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);

    var view = awaited(accepted(NDJSON, "", half, "gzip"));

    assertThat(view.state()).isEqualTo(ImportView.State.FAILED);
    assertThat(view.failure()).startsWith("The file could not be read to its end");
    assertThat(view.read()).isEqualTo(view.accepted() + view.rejected()).isPositive();
  }

  @Test
  void refusesWhatIsNotCompressedAlthoughItSaysSo() {
    refused(post(NDJSON, "", line("L1").getBytes(StandardCharsets.UTF_8), "gzip"))
        .isEqualTo(ErrorCode.MALFORMED_REQUEST.name());
    assertThat(directory.resolve("imports")).isEmptyDirectory();
  }

  @Test
  void refusesAHeaderThatTellsTooLittleAtOnce() {
    refused(post(CSV, "", "a,b,c\n1,2,3\n".getBytes(StandardCharsets.UTF_8), null))
        .isEqualTo(ErrorCode.INVALID_FIELD.name());
    assertThat(directory.resolve("imports")).isEmptyDirectory();
  }

  @Test
  void refusesOtherFormats() {
    client
        .post()
        .uri("/v1/catalogue/imports")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{}")
        .exchange()
        .expectStatus()
        .isEqualTo(415);
    refused(post(MediaType.parseMediaType("text/csv;charset=ISO-8859-1"), "", new byte[0], null))
        .isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE.name());
    refused(post(NDJSON, "", new byte[0], "br")).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE.name());
    refused(post(CSV, "?map.colour=x", new byte[0], null))
        .isEqualTo(ErrorCode.INVALID_FIELD.name());
  }

  @Test
  void findsNoImportThatWasNeverPromised() {
    client.get().uri("/v1/catalogue/imports/imp-none").exchange().expectStatus().isNotFound();
    client
        .get()
        .uri("/v1/catalogue/imports/imp-none/events")
        .exchange()
        .expectStatus()
        .isNotFound();
  }

  @Test
  void streamsProgressUntilTheEnd() {
    commands.gateAfter(0);
    var location = accepted(NDJSON, "", (line("L1") + line("L2")).getBytes(StandardCharsets.UTF_8));
    var events =
        client
            .get()
            .uri(location + "/events")
            .accept(MediaType.TEXT_EVENT_STREAM)
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .contentTypeCompatibleWith(MediaType.TEXT_EVENT_STREAM)
            .returnResult(new ParameterizedTypeReference<ServerSentEvent<Map<String, Object>>>() {})
            .getResponseBody()
            .doOnNext(first -> commands.open())
            .collectList()
            .block(Duration.ofSeconds(30));

    assertThat(events).hasSizeGreaterThan(1);
    assertThat(events).allSatisfy(event -> assertThat(event.event()).isEqualTo("progress"));
    assertThat(events.getFirst().data()).containsEntry("state", "running");
    assertThat(events.getLast().data())
        .containsEntry("state", "completed")
        .containsEntry("accepted", 2)
        .containsKey("errors");
  }

  @Test
  void sendsAgainWhatTheBusRefused() {
    commands.failures.set(5);

    var view = imported(NDJSON, "", line("L1") + line("L2"));

    assertThat(view.state()).isEqualTo(ImportView.State.COMPLETED);
    assertThat(view.accepted()).isEqualTo(2);
  }

  @Test
  void goesOnWhereTheLastRunOfTheNodeStopped() throws Exception {
    var file = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      file.append(i % 10 == 3 ? "no product\n" : line("L" + i));
    }
    // Says something else than a line that the first run has done.
    file.append(line("L0").replace("Lamp", "Other"));
    commands.gateAfter(700);
    var location = accepted(NDJSON, "", file.toString().getBytes(StandardCharsets.UTF_8));
    await(() -> view(location).read() > 300 && commands.gate.getCount() > 0);
    stopNode();
    commands.open();
    await(() -> commands.waiting.get() == 0);
    var sentBefore = commandSide.sent().size();
    var leftOver = Files.writeString(directory.resolve("imports/imp-x.part"), "half");

    startNode();
    var view = awaited(location);

    assertThat(view.state()).isEqualTo(ImportView.State.COMPLETED);
    assertThat(List.of(view.read(), view.accepted(), view.rejected()))
        .containsExactly(2_001L, 1_800L, 201L);
    assertThat(view.errors().getFirst().line()).isEqualTo(4);
    assertThat(view.errors().getLast())
        .isEqualTo(
            new ImportView.LineError(2_001, "says something else about this SKU than line 1"));
    assertThat(view.errors()).extracting(ImportView.LineError::line).doesNotHaveDuplicates();
    assertThat(commandSide.events()).hasSize(1_800);
    assertThat(commandSide.sent().size() - sentBefore)
        .as("what was done is not sent again")
        .isLessThanOrEqualTo(1_800 - 300 * 9 / 10);
    assertThat(leftOver).doesNotExist();
    assertThat(directory.resolve("imports")).isEmptyDirectory();
  }

  @Test
  void knowsAFileThatIsBeingImported() throws Exception {
    commands.gateAfter(0);
    var file = (line("L1") + line("L2")).getBytes(StandardCharsets.UTF_8);
    var location = accepted(NDJSON, "", file);

    assertThat(accepted(NDJSON, "", file)).isEqualTo(location);
    assertThat(accepted(NDJSON, "", line("L1").getBytes(StandardCharsets.UTF_8)))
        .isNotEqualTo(location);
    commands.open();

    assertThat(awaited(location).accepted()).isEqualTo(2);
    assertThat(accepted(NDJSON, "", file)).as("it has ended").isNotEqualTo(location);
    await(() -> files() == 0);
  }

  @Test
  void doesNotLeaveTheEventHandlersBehind() throws Exception {
    positions.behind = ImportRun.MAX_BEHIND + 1;
    var file = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      file.append(line("L" + i));
    }
    var begun = System.nanoTime();

    var view = imported(NDJSON, "", file.toString());

    assertThat(view.accepted()).isEqualTo(1_000);
    assertThat(System.nanoTime() - begun)
        .as("three looks, and a handler that does not come on stops nothing")
        .isGreaterThan(TimeUnit.SECONDS.toNanos(3));
  }

  @Test
  void leavesAloneWhatAnotherNodeTookIn() {
    var store = new ImportStore(JdbcClient.create(database));
    var options = new ImportOptions(ImportOptions.Format.NDJSON, false, "GBP", null, Map.of());
    store.insert(
        new ImportStore.Job("imp-other", "imp-other.ndjson", "00", options, null), Instant.now());
    stopNode();

    startNode();
    imported(NDJSON, "", line("L1"));

    assertThat(store.find("imp-other").orElseThrow().state()).isEqualTo(ImportView.State.RUNNING);
    assertThat(store.running())
        .contains(new ImportStore.Job("imp-other", "imp-other.ndjson", "00", options, null));
  }

  @Test
  void keepsNothingOfAnUploadThatBreaksOff() throws Exception {
    try (var socket = new Socket("127.0.0.1", server.port())) {
      var request =
          "POST /v1/catalogue/imports HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
              + " application/x-ndjson\r\nContent-Length: 100000\r\n\r\n"
              + line("L1");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      await(() -> files() == 1);
    }

    await(() -> files() == 0);
    assertThat(commandSide.events()).isEmpty();
  }

  private long files() {
    var folder = directory.resolve("imports");
    try (var files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static String line(String sku) {
    return "{\"sku\":\""
        + sku
        + "\",\"name\":\"Lamp\",\"price\":{\"amount\":1999,\"currency\":\"EUR\"}}\n";
  }

  private Answer imported(MediaType type, String query, String text) {
    return awaited(accepted(type, query, text.getBytes(StandardCharsets.UTF_8)));
  }

  private String accepted(MediaType type, String query, Object body) {
    return accepted(type, query, body, null);
  }

  private String accepted(MediaType type, String query, Object body, String encoding) {
    var result =
        post(type, query, body, encoding)
            .expectStatus()
            .isAccepted()
            .expectBody(new ParameterizedTypeReference<Map<String, String>>() {})
            .returnResult();
    var location = result.getResponseHeaders().getLocation().toString();
    assertThat(location)
        .isEqualTo("/v1/catalogue/imports/" + result.getResponseBody().get("importId"));
    return location;
  }

  private WebTestClient.ResponseSpec post(
      MediaType type, String query, Object body, String encoding) {
    return client
        .post()
        .uri("/v1/catalogue/imports" + query)
        .contentType(type)
        .headers(
            headers -> {
              if (encoding != null) {
                headers.set(HttpHeaders.CONTENT_ENCODING, encoding);
              }
            })
        .bodyValue(body)
        .exchange();
  }

  private static JsonPathAssertions refused(WebTestClient.ResponseSpec response) {
    return response.expectStatus().is4xxClientError().expectBody().jsonPath("$.code");
  }

  private Answer awaited(String location) {
    var view = view(location);
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!view.ended()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      pause();
      view = view(location);
    }
    return view;
  }

  private static void await(BooleanSupplier condition) {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer view(String location) {
    return client
        .get()
        .uri(location)
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(Answer.class)
        .returnResult()
        .getResponseBody();
  }
}
