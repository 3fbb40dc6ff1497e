package dev.lastunit.process.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads the tables of {@code docs/processes.md}, which are the specification. */
public final class DocumentedTables {

  private static final Path PAGE = Path.of("..", "docs", "processes.md");

  private DocumentedTables() {}

  /** The cells of each row of the table that follows a mark, without its head. */
  public static List<List<String>> rows(String mark) {
    try {
      return Files.readAllLines(PAGE).stream()
          .dropWhile(line -> !line.equals("<!-- table: " + mark + " -->"))
          .skip(3)
          .takeWhile(line -> line.startsWith("|"))
          .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::trim).toList())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
