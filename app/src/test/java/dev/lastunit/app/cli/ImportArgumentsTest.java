package dev.lastunit.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportArgumentsTest {

  @TempDir Path directory;

  private String file(String name) throws IOException {
    return Files.createFile(directory.resolve(name)).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "a.ndjson, application/x-ndjson, false",
    "a.JSONL.GZ, application/x-ndjson, true",
    "a.csv, text/csv, false",
    "a.csv.gz, text/csv, true"
  })
  void knowsAFileByItsName(String name, String contentType, boolean gzip) throws IOException {
    ImportArguments arguments = ImportArguments.parse(List.of(file(name)));

    assertThat(arguments.contentType()).isEqualTo(contentType);
    assertThat(arguments.gzip()).isEqualTo(gzip);
    assertThat(arguments.query()).isEmpty();
  }

  @Test
  void passesOnHowACsvFileIsRead() throws IOException {
    ImportArguments arguments =
        ImportArguments.parse(
            List.of(
                "--currency", "EUR", file("a.csv"), "--map", "sku=EAN 13", "--map", "name=Nom"));

    assertThat(arguments.query()).isEqualTo("?currency=EUR&map.sku=EAN+13&map.name=Nom");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    String csv = file("a.csv");

    wrong("which file", List.of());
    wrong("not a file that can be read", List.of(directory.resolve("none.csv").toString()));
    wrong("must be named", List.of(file("a.xml")));
    wrong("one file at a time", List.of(csv, csv));
    wrong("'--fast' is not known", List.of(csv, "--fast"));
    wrong("'--currency' needs a value", List.of(csv, "--currency"));
    wrong("FIELD=COLUMN", List.of(csv, "--map", "sku"));
    wrong("are for CSV files", List.of(file("a.ndjson"), "--currency", "EUR"));
  }

  private static void wrong(String words, List<String> arguments) {
    assertThatThrownBy(() -> ImportArguments.parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(words);
  }
}
