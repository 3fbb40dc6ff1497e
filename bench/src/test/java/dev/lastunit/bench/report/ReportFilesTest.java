package dev.lastunit.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportFilesTest {

  private static final List<Step> STEPS =
      List.of(
          Samples.closed(Subject.SERVICE, "orders", 16, 50),
          Samples.closed(Subject.PGBENCH, "orders", 16, 200),
          Samples.closed(Subject.CLASSIC, "orders", 16, 100),
          Samples.open(Subject.SERVICE, "orders", 35, "the rate could not be offered"));

  @TempDir Path directory;

  @Test
  void jsonHoldsTheRawHistogram() throws Exception {
    JsonNode json = write(List.of(new Check("audit", true, "fine")));

    JsonNode latency = json.get("steps").get(0).get("latency");
    Latency read = JsonMapper.builder().build().treeToValue(latency, Latency.class);
    assertThat(read.decode()).isEqualTo(Samples.histogram());
    assertThat(read.p50()).isBetween(499.0, 501.0);
    assertThat(read.p999()).isBetween(998.0, 1_000.0);
    assertThat(json.get("steps").get(0).get("use").get("walBytes").asDouble()).isEqualTo(4_321);
    assertThat(json.get("ratios").get(0).get("toClassic").asDouble()).isEqualTo(0.5);
    assertThat(json.get("machine").get("cores").asInt()).isEqualTo(2);
    assertThat(json.get("commit").asString()).isEqualTo("abc123");
    assertThat(json.get("ok").asBoolean()).isTrue();
  }

  @Test
  void markdownTellsTheSame() throws Exception {
    write(List.of(new Check("audit", false, "violations [1]")));

    assertThat(Files.readString(directory.resolve("report.md")))
        .contains("bench/run --seconds 3", "abc123", "PostgreSQL 17.11", "Something was left out.")
        .contains(
            "| orders | 16 clients | 50.0 | 200.0 | 100.0 | 0.250 | 0.500 | 990.38 | 990.38 |")
        .contains("| orders | 35/s | 17.5 |  |  |  |  | 990.38 |  |")
        .contains("201: 1000", "IOException: a \\| b: 2", "| 4321 | 7.00 | 42.5 |")
        .contains("service orders, 35/s: the rate could not be offered")
        .contains("| audit | **NO** | violations [1] |");
  }

  @Test
  void runWithAFailedCheckIsNotOk() throws Exception {
    assertThat(write(List.of(new Check("audit", false, "oversold"))).get("ok").asBoolean())
        .isFalse();
  }

  private JsonNode write(List<Check> checks) throws Exception {
    ReportFiles.write(Samples.report(STEPS, checks), directory);
    return JsonMapper.builder()
        .build()
        .readTree(Files.readString(directory.resolve("report.json")));
  }
}
