package dev.lastunit.catalogue.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a record begins and ends, and that none can fill the memory. */
class RecordReaderTest {

  private static final int MAX = RecordReader.MAX_RECORD_BYTES;

  @Test
  void cutsLines() throws IOException {
    assertThat(read("a\nb\r\n\n \nc", false)).containsExactly("1-1 a", "2-2 b", "5-5 c");
  }

  @Test
  void findsNothingInAnEmptyStream() throws IOException {
    assertThat(read("", false)).isEmpty();
    assertThat(read("\n\n", true)).isEmpty();
    assertThat(read("\uFEFF", true)).isEmpty();
  }

  @Test
  void leavesOutAByteOrderMark() throws IOException {
    assertThat(read("\uFEFFa\nb", false)).containsExactly("1-1 a", "2-2 b");
  }

  @Test
  void keepsLineEndsInQuotes() throws IOException {
    assertThat(read("x,\"a\nb\",y\nz", true)).containsExactly("1-2 x,\"a\nb\",y", "3-3 z");
  }

  @Test
  void keepsLineEndsAfterDoubledQuotes() throws IOException {
    assertThat(read("\"a\"\"\nb\"\nz", true)).containsExactly("1-2 \"a\"\"\nb\"", "3-3 z");
  }

  @Test
  void takesAQuoteInsideOfAFieldForAnInch() throws IOException {
    assertThat(read("x,5\" pipe\nz", true)).containsExactly("1-1 x,5\" pipe", "2-2 z");
  }

  @Test
  void takesNoQuotesForLineEndsInNdjson() throws IOException {
    assertThat(read("\"a\nb\"", false)).containsExactly("1-1 \"a", "2-2 b\"");
  }

  @Test
  void readsALineOfExactlyTheLimit() throws IOException {
    var line = "x".repeat(MAX);

    assertThat(read(line + "\nz", false)).containsExactly("1-1 " + line, "2-2 z");
  }

  @Test
  void passesOverALineBeyondTheLimit() throws IOException {
    assertThat(read("a\n" + "x".repeat(MAX + 1) + "\nz", false))
        .containsExactly("1-1 a", "2-2 too long", "3-3 z");
  }

  @Test
  void passesOverAQuoteThatIsNeverClosed() throws IOException {
    assertThat(read("a\n\"" + "x\n".repeat(MAX), true))
        .containsExactly("1-1 a", "2-" + (MAX + 2) + " too long");
  }

  private static List<String> read(String text, boolean quoting) throws IOException {
    var records = new ArrayList<String>();
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    try (var reader = new RecordReader(new ByteArrayInputStream(bytes), quoting)) {
      for (var record = reader.next(); record != null; record = reader.next()) {
        records.add(
            record.firstLine()
                + "-"
                + record.lastLine()
                + " "
                + (record.tooLong()
                    ? "too long"
                    : new String(record.bytes(), StandardCharsets.UTF_8)));
      }
    }
    return records;
  }
}
