package dev.lastunit.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a report as {@code report.md} and {@code report.json}. */
public final class ReportFiles {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ReportFiles() {}

  /** Writes both into a directory, over what is there. */
  public static void write(Report report, Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("report.md"), Markdown.of(report));
    ObjectNode tree = JSON.valueToTree(report);
    tree.set("ratios", JSON.valueToTree(report.ratios()));
    tree.put("ok", report.ok());
    ObjectWriter writer = JSON.writer().with(SerializationFeature.INDENT_OUTPUT);
    Files.writeString(directory.resolve("report.json"), writer.writeValueAsString(tree) + "\n");
  }
}
