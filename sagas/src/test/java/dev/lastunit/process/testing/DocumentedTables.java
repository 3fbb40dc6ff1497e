package dev.lastunit.process.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reads tables of the documents that are the specification. */
public final class DocumentedTables {

  private static final Path DOCUMENTS = Path.of("..", "docs");

  private DocumentedTables() {}

  /** Of {@code docs/processes.md}. */
  public static List<List<String>> rows(String mark) {
    return rows("processes.md", mark);
  }

  /** The cells of each row of the table that follows a mark in a document, without its head. */
  public static List<List<String>> rows(String document, String mark) {
    try {
      return Files.readAllLines(DOCUMENTS.resolve(document)).stream()
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
