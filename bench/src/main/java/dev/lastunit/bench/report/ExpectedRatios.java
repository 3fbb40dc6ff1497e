package dev.lastunit.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service's rate in those of the classic shop, as measured once: what a later run is held to.
 * Ratios of one run are steadier than rates, as both sides share the machine, and still differ from
 * run to run; hence half.
 */
public record ExpectedRatios(List<Expected> ratios) {

  private static final double LEAST = 0.5;

  /** One of them. */
  public record Expected(String workload, int clients, double serviceToClassic) {}

  /** Reads the file that holds them. */
  public static ExpectedRatios read(Path file) throws IOException {
    JsonNode tree = JsonMapper.builder().build().readTree(Files.readString(file));
    List<Expected> ratios = new ArrayList<>();
    for (JsonNode one : tree.get("ratios")) {
      ratios.add(
          new Expected(
              one.get("workload").asString(),
              one.get("clients").asInt(),
              one.get("serviceToClassic").asDouble()));
    }
    return new ExpectedRatios(ratios);
  }

  /** Holds when no ratio fell below half of what is expected, and none is missing. */
  public List<Check> check(List<Ratio> measured) {
    return ratios.stream().map(expected -> check(expected, measured)).toList();
  }

  private static Check check(Expected expected, List<Ratio> measured) {
    String name = "ratio " + expected.workload() + " " + expected.clients();
    return measured.stream()
        .filter(
            ratio ->
                ratio.workload().equals(expected.workload())
                    && Objects.equals(ratio.clients(), expected.clients()))
        .map(Ratio::toClassic)
        .filter(Objects::nonNull)
        .findFirst()
        .map(
            found ->
                new Check(
                    name,
                    found >= expected.serviceToClassic() * LEAST,
                    String.format(
                        Locale.ROOT,
                        "service : classic is %.3f, expected %.3f, at least half of it",
                        found,
                        expected.serviceToClassic())))
        .orElseGet(() -> new Check(name, false, "was not measured"));
  }
}
