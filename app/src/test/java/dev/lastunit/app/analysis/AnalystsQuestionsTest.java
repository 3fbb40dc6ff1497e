package dev.lastunit.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastunit.app.analysis.History.Invoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The questions of docs/analysts-sql.md, as they stand there, over the live store and over exported
 * files; their answers are computed from the same events without SQL.
 */
class AnalystsQuestionsTest {

  private static final Path DOCUMENT = Path.of("..", "docs", "analysts-sql.md");
  private static final Pattern QUESTION =
      Pattern.compile("### (\\d+)\\. [^\n]*\n.*?```sql\n(.*?)```", Pattern.DOTALL);
  private static final int INVOICES = 400;

  @TempDir Path directory;

  @Test
  void answersOverAGeneratedHistory() throws Exception {
    List<Happening> events = History.generate(20261124, 700);
    assertThat(events).hasSizeGreaterThan(4_000);

    run(events);
  }

  @Test
  void answersOverARealShopsInvoices() throws Exception {
    Path data = Path.of("..", "..", "shared", "data", "online-retail", "2010-12_2011-09.csv.gz");
    if (!Files.isReadable(data)) {
      data =
          Path.of(
              "..", "..", "..", "shared", "data", "online-retail", data.getFileName().toString());
    }
    assumeTrue(Files.isReadable(data), "skipped: the real invoices are not beside this checkout");

    run(invoices(data));
  }

  private void run(List<Happening> events) throws Exception {
    Answers answers = new Answers(events);
    SequencedMap<Integer, String> questions = questions();
    assertThat(questions.keySet()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    try (StoreOfTests store = new StoreOfTests(directory.resolve("data"));
        LiveStore live = store.open()) {
      store.append(events);
      Export.run(live, directory.resolve("out"), null, null, ExportListener.NONE);
      try (EventDatabase ofStore =
              EventDatabase.ofStore(
                  live, directory.resolve("cache"), 2_000, 1_000, ExportListener.NONE);
          EventDatabase ofFiles = EventDatabase.ofFiles(directory.resolve("out"))) {
        for (Map.Entry<Integer, String> question : questions.entrySet()) {
          List<List<Object>> expected = answers.to(question.getKey());
          for (EventDatabase database : List.of(ofStore, ofFiles)) {
            assertSame(
                question.getKey(), StoreOfTests.ask(database, question.getValue()), expected);
          }
        }
      }
    }
  }

  /** Numbers are compared as numbers; shares are rounded, so that the last digit may differ. */
  private static void assertSame(
      int question, List<List<Object>> actual, List<List<Object>> expected) {
    assertThat(actual).as("rows of question " + question).hasSameSizeAs(expected);
    for (int row = 0; row < expected.size(); row++) {
      assertThat(actual.get(row)).as("question " + question).hasSameSizeAs(expected.get(row));
      for (int column = 0; column < expected.get(row).size(); column++) {
        Object is = actual.get(row).get(column);
        Object wanted = expected.get(row).get(column);
        String where = "question " + question + ", row " + row + ", column " + column;
        if (wanted instanceof Double number) {
          assertThat(((Number) is).doubleValue()).as(where).isCloseTo(number, Offset.offset(0.11));
        } else if (wanted instanceof Number number) {
          assertThat(((Number) is).longValue()).as(where).isEqualTo(number.longValue());
        } else {
          assertThat(is).as(where).isEqualTo(wanted);
        }
      }
    }
  }

  private static SequencedMap<Integer, String> questions() throws IOException {
    SequencedMap<Integer, String> questions = new LinkedHashMap<>();
    Matcher matcher = QUESTION.matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      questions.put(Integer.parseInt(matcher.group(1)), matcher.group(2));
    }
    return questions;
  }

  /** The first invoices whose lines are all sales. */
  private static List<Happening> invoices(Path file) throws SQLException {
    SequencedMap<String, Invoice> invoices = new LinkedHashMap<>();
    SequencedMap<String, Long> pennies = new LinkedHashMap<>();
    String sql =
        "select InvoiceNo, trim(StockCode), Quantity::int, InvoiceDate::timestamp,"
            + " round(UnitPrice::double * 100)::bigint, coalesce(CustomerID::varchar, 'nobody')"
            + " from read_csv('"
            + file
            + "', header = true, all_varchar = true)"
            + " where Quantity::int > 0 and UnitPrice::double > 0"
            + " and regexp_full_match(trim(StockCode), '[A-Za-z0-9]+')"
            + " order by InvoiceDate::timestamp, InvoiceNo limit 200000";
    try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckdb.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        String number = rows.getString(1);
        if (!invoices.containsKey(number)) {
          if (invoices.size() == INVOICES) {
            break;
          }
          Instant at = rows.getTimestamp(4).toLocalDateTime().toInstant(ZoneOffset.UTC);
          // One invoice a minute is what the data tell; a second apart keeps their order.
          invoices.put(
              number,
              new Invoice(
                  at.plusMillis(invoices.size()), rows.getString(6), new LinkedHashMap<>()));
        }
        pennies.putIfAbsent(rows.getString(2), rows.getLong(5));
        invoices.get(number).units().merge(rows.getString(2), rows.getInt(3), Integer::sum);
      }
    }
    return History.ofInvoices(pennies, List.copyOf(invoices.values()));
  }
}
