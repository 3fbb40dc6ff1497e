package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The analysts' commands, each a process of its own, beside a service and without one. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class AnalystsIT {

  private static final String CONFIRMED = "select count(*) as n from OrderConfirmed";

  @TempDir Path directory;

  @Test
  void asksAndExportsBesideAServiceAndWithoutOne() throws Exception {
    Path out = directory.resolve("out");
    try (ShopProcess shop = ShopProcess.start(directory.resolve("data"), ShopProcess.freePort())) {
      ShopClient operator = ShopClient.of(shop.base(), "operator", "operator", "warehouse");
      operator.offer("analysed", 250, 10);
      ShopClient buyer = ShopClient.of(shop.base(), "buyer", "customer");
      for (String key : List.of("one", "two", "three")) {
        buyer.order(key, Map.of("analysed", 1), "tok_ok", 30).expect(201);
      }

      assertThat(run("SqlCommand", 0, CONFIRMED, "--format", "csv")).isEqualTo("n\n3\n");
      assertThat(run("SqlCommand", 1, "select * from OrderEaten")).contains("does not exist");
      assertThat(run("SqlCommand", 2, "--fast")).contains("is not known");
      run("ExportCommand", 0, "--out", out.toString());
      buyer.order("four", Map.of("analysed", 1), "tok_ok", 30).expect(201);
      assertThat(run("SqlCommand", 0, CONFIRMED, "--format", "json")).isEqualTo("{\"n\":4}\n");
      assertThat(libraries(shop.pid())).noneMatch(library -> library.contains("duckdb"));
    }

    assertThat(run("ExportCommand", 0, "--out", out.toString())).contains("new events; ");
    assertThat(run("ExportCommand", 0, "--out", out.toString())).contains("Exported 0 new events");
    for (String[] source : new String[][] {{}, {"--files", out.toString()}}) {
      List<String> arguments = new ArrayList<>(List.of(CONFIRMED, "--format", "csv"));
      arguments.addAll(List.of(source));
      assertThat(run("SqlCommand", 0, arguments.toArray(String[]::new))).isEqualTo("n\n4\n");
    }

    try (ShopProcess again = ShopProcess.start(directory.resolve("data"), ShopProcess.freePort())) {
      assertThat(again.stop(Duration.ofSeconds(30))).isNotNegative();
    }
  }

  /** What a process has loaded, as far as the system tells. */
  private static List<String> libraries(long pid) throws IOException {
    Path maps = Path.of("/proc", Long.toString(pid), "maps");
    if (!Files.exists(maps)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(maps)) {
      return lines.filter(line -> line.contains(".so")).toList();
    }
  }

  private String run(String command, int status, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(ShopProcess.java("dev.lastunit.app.cli." + command));
    words.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, "command", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("LASTUNIT_DATA_DIR", directory.resolve("data").toString());
    Process process = builder.start();
    assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isEqualTo(status);
    return printed;
  }
}
