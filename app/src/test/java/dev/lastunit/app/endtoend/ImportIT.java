package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Imports that are cut off: by kill -9 of the service, and by Ctrl-C at the command line. What was
 * done is not done again, and nothing is doubled: events have gapless positions, so the last one
 * tells how many there are.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
class ImportIT {

  private static final int PRODUCTS = 20_000;

  @TempDir Path directory;

  @Test
  void goesOnAfterAKillAndDoublesNothing() throws Exception {
    Path file = write(directory.resolve("catalogue.ndjson.gz"));
    int port = ShopProcess.freePort();
    String id;
    long before;
    ShopProcess killed = ShopProcess.start(directory.resolve("data"), port);
    try {
      ShopClient operator = ShopClient.of(killed.base(), "operator", "operator");
      id = begin(killed.base(), operator, file);
      before = awaitRead(operator, id, 2_000).get("read").asLong();
    } finally {
      killed.killJvmAndDatabase();
    }
    assertThat(before).as("it was cut off").isLessThan(PRODUCTS);

    try (ShopProcess again = ShopProcess.start(directory.resolve("data"), port)) {
      ShopClient operator = ShopClient.of(again.base(), "operator", "operator", "warehouse");
      JsonNode first = operator.get("/v1/catalogue/imports/" + id).expect(200).body();
      assertThat(first.get("read").asLong()).as("it does not begin anew").isPositive();
      JsonNode end = awaitEnd(operator, id);
      assertThat(end.get("accepted").asLong()).isEqualTo(PRODUCTS - 1);
      assertThat(end.get("errors")).hasSize(1);
      assertThat(end.at("/errors/0/line").asLong()).isEqualTo(PRODUCTS / 2 + 1);
      assertNothingIsDoubled(operator);
    }
  }

  @Test
  void goesOnAfterCtrlCAtTheCommandLine() throws Exception {
    Path file = write(directory.resolve("catalogue.ndjson"));
    Map<String, String> settings =
        Map.of(
            "LASTUNIT_DATA_DIR", directory.resolve("data").toString(),
            "SERVER_PORT", Integer.toString(ShopProcess.freePort()),
            "LASTUNIT_RATE_LIMIT", "off");
    Path output = directory.resolve("first.txt");
    Process first = startCommand(settings, output, file.toString());
    awaitPrinted(first, output, " accepted, ");
    // As Ctrl-C does, but for the number of the signal.
    first.destroy();
    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output))
        .contains("Stopped. The import goes on with")
        .doesNotContain("run import:");

    String second = command(settings, 1, file.toString());

    assertThat(importId(second)).isEqualTo(importId(Files.readString(output)));
    assertThat(second)
        .contains("line " + (PRODUCTS / 2 + 1) + ": is not valid JSON")
        .contains(String.format("Imported: %,d accepted, 1 rejected", PRODUCTS - 1));
    try (ShopProcess shop = ShopProcess.start(directory.resolve("data"), ShopProcess.freePort())) {
      assertNothingIsDoubled(ShopClient.of(shop.base(), "operator", "operator", "warehouse"));

      Map<String, String> beside = Map.of("LASTUNIT_URL", shop.base());
      Path small = directory.resolve("small.csv");
      Files.writeString(small, "sku,name,price\nsmall,Small thing,2.50\n");
      assertThat(command(beside, 0, small.toString())).contains("Imported: 1 accepted, 0 rejected");
      Files.writeString(small, "a,b,c\n1,2,3\n");
      assertThat(command(beside, 1, small.toString())).contains("run import: 422");
      assertThat(command(beside, 2, "none.csv")).contains("is not a file that can be read");
    }
  }

  /** One line in the middle is no product; the others have stock at one location. */
  private static Path write(Path file) throws IOException {
    try (var plain = Files.newOutputStream(file);
        var out = file.toString().endsWith(".gz") ? new GZIPOutputStream(plain) : plain;
        var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
      for (int i = 0; i < PRODUCTS; i++) {
        writer.write(
            i == PRODUCTS / 2
                ? "no product\n"
                : """
                {"sku":"I%d","name":"Thing %d","price":{"amount":%d,"currency":"GBP"},\
                "stock":[{"location":"main","quantity":%d}]}
                """
                    .formatted(i, i, 100 + i, i % 7));
      }
    }
    return file;
  }

  private static String begin(String base, ShopClient operator, Path file) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(base + "/v1/catalogue/imports"))
                  .header("Authorization", "Bearer " + operator.token())
                  .header("Content-Type", "application/x-ndjson")
                  .header("Content-Encoding", "gzip")
                  .POST(HttpRequest.BodyPublishers.ofFile(file))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(202);
      return answer.body().replaceAll(".*\"importId\":\"([^\"]+)\".*", "$1");
    }
  }

  private static JsonNode awaitRead(ShopClient operator, String id, long records) {
    JsonNode state;
    do {
      ShopClient.sleep(20);
      state = operator.get("/v1/catalogue/imports/" + id).expect(200).body();
    } while (state.get("read").asLong() < records);
    return state;
  }

  private static JsonNode awaitEnd(ShopClient operator, String id) {
    JsonNode state;
    do {
      ShopClient.sleep(100);
      state = operator.get("/v1/catalogue/imports/" + id).expect(200).body();
    } while (state.get("state").asString().equals("running"));
    assertThat(state.get("state").asString()).isEqualTo("completed");
    return state;
  }

  private static void assertNothingIsDoubled(ShopClient operator) {
    long events = 2L * (PRODUCTS - 1);
    for (int i : new int[] {0, 1, 2_000, PRODUCTS - 1}) {
      assertThat(operator.stock("I" + i, events).get("onHand").asInt()).isEqualTo(i % 7);
    }
    assertThat(
            operator
                .get("/v1/inventory/I1", "Min-Event-Position", Long.toString(events))
                .expect(200)
                .position())
        .as("a product and its stock are an event each")
        .isEqualTo(events);
  }

  private Process startCommand(Map<String, String> settings, Path output, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(ShopProcess.java("dev.lastunit.app.cli.ImportCommand"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(settings);
    return builder.start();
  }

  private String command(Map<String, String> settings, int status, String... arguments)
      throws Exception {
    Path output = Files.createTempFile(directory, "command", ".txt");
    Process process = startCommand(settings, output, arguments);
    assertThat(process.waitFor(400, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isEqualTo(status);
    return printed;
  }

  private static String importId(String printed) {
    return printed
        .lines()
        .filter(line -> line.startsWith("Import imp-"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(printed));
  }

  private static void awaitPrinted(Process process, Path output, String words) throws IOException {
    while (!Files.readString(output).contains(words)) {
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
      ShopClient.sleep(20);
    }
  }
}
