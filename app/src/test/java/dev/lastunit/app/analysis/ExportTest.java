package dev.lastunit.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {

  private static final List<Happening> EVENTS = History.generate(7, 120);
  private static final int HALF = EVENTS.size() / 2;
  private static final int CHUNK = 300;

  @TempDir static Path data;
  private static StoreOfTests store;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws SQLException {
    store = new StoreOfTests(data);
  }

  @AfterAll
  static void stop() throws SQLException {
    store.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    store.clear();
    store.append(EVENTS);
  }

  private Export.Summary export(Instant from, Instant to, ExportListener listener)
      throws IOException, SQLException {
    try (LiveStore live = store.open();
        EventFiles files = EventFiles.open(directory, false)) {
      return new Export(live, files, CHUNK, 1, listener).upTo(live.head(), from, to);
    }
  }

  private Export.Summary export() throws IOException, SQLException {
    return export(null, null, ExportListener.NONE);
  }

  /** The positions in all Parquet files below the directory, whatever the manifest says. */
  private List<Long> positionsInFiles() throws SQLException {
    try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duckdb.createStatement();
        var rows =
            statement.executeQuery(
                "select position from read_parquet('"
                    + directory
                    + "/type=*/day=*/*.parquet', union_by_name = true) order by position")) {
      var positions = new ArrayList<Long>();
      while (rows.next()) {
        positions.add(rows.getLong(1));
      }
      return positions;
    }
  }

  private static List<Long> positions(Predicate<Happening> wanted) {
    return LongStream.rangeClosed(1, EVENTS.size())
        .filter(position -> wanted.test(EVENTS.get((int) position - 1)))
        .boxed()
        .toList();
  }

  private List<List<Object>> ask(String sql) throws IOException, SQLException {
    try (EventDatabase database = EventDatabase.ofFiles(directory)) {
      return StoreOfTests.ask(database, sql);
    }
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void writesEveryEventOnceIntoTheFolderOfItsTypeAndDay() throws Exception {
    Export.Summary summary = export();

    assertThat(summary.added()).isEqualTo(EVENTS.size());
    assertThat(summary.position()).isEqualTo(EVENTS.size());
    assertThat(positionsInFiles()).isEqualTo(positions(event -> true));
    assertThat(files()).as("with manifest and lock").isEqualTo(summary.files() + 2);
    for (Manifest.DataFile file : EventFiles.read(directory).files()) {
      assertThat(file.path()).matches("type=\\w+/day=2026-\\d\\d-\\d\\d/events-\\d{8}\\.parquet");
      assertThat(Files.exists(directory.resolve(file.path()))).isTrue();
    }
    OrderPlaced first =
        EVENTS.stream()
            .map(Happening::event)
            .filter(OrderPlaced.class::isInstance)
            .map(OrderPlaced.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(
            ask(
                "select orderId, customerId, total_amount, total_currency, len(lines),"
                    + " lines[1].unitPrice.amount, shippingAddress.country, revision,"
                    + " metadata->>'subject' from OrderPlaced order by position limit 1"))
        .containsExactly(
            List.of(
                first.orderId().value(),
                first.customerId().value(),
                first.total().amount(),
                "GBP",
                (long) first.lines().size(),
                first.lines().getFirst().unitPrice().amount(),
                "GB",
                "1",
                "somebody"));
    assertThat(
            ask(
                "select distinct strftime(\"at\", '%Y-%m-%d') = day from read_parquet('"
                    + directory
                    + "/type=OrderPlaced/*/*.parquet', hive_partitioning = true,"
                    + " hive_types = {'day': VARCHAR})"))
        .containsExactly(List.of(true));
  }

  @Test
  void leavesPersonalDataOut() throws Exception {
    export();

    try (EventDatabase database = EventDatabase.ofFiles(directory)) {
      for (EventTable table : EventTable.all().values()) {
        String rows = "select cast(to_json(t) as varchar) from \"" + table.name() + "\" t";
        assertThat(StoreOfTests.ask(database, rows).toString())
            .doesNotContainIgnoringCase("secret");
      }
      assertThat(
              StoreOfTests.ask(
                  database,
                  "select country from (select shippingAddress.country from OrderPlaced)"))
          .isNotEmpty();
    }
  }

  @Test
  void addsNothingTheSecondTime() throws Exception {
    Export.Summary once = export();
    Manifest manifest = EventFiles.read(directory);

    Export.Summary twice = export();

    assertThat(twice).isEqualTo(new Export.Summary(0, once.rows(), once.files(), once.position()));
    assertThat(EventFiles.read(directory)).isEqualTo(manifest);
    assertThat(positionsInFiles()).isEqualTo(positions(event -> true));
  }

  @Test
  void addsOnlyWhatIsNew() throws Exception {
    store.clear();
    store.append(EVENTS.subList(0, HALF));
    assertThat(export().added()).isEqualTo(HALF);
    List<Manifest.DataFile> before = EventFiles.read(directory).files();
    store.append(EVENTS.subList(HALF, EVENTS.size()));

    assertThat(export().added()).isEqualTo(EVENTS.size() - HALF);

    assertThat(EventFiles.read(directory).files())
        .startsWith(before.toArray(Manifest.DataFile[]::new));
    assertThat(positionsInFiles()).isEqualTo(positions(event -> true));
  }

  /** Wherever a run is cut off, what it left never counts twice. */
  @Test
  void doublesNothingAfterACrash() throws Exception {
    for (int crash : new int[] {1, 40, 60}) {
      int[] placed = {0};
      assertThatThrownBy(
              () ->
                  export(
                      null,
                      null,
                      new ExportListener() {
                        @Override
                        public void placed(Path file) {
                          if (++placed[0] == crash) {
                            throw new IllegalStateException("crashed");
                          }
                        }
                      }))
          .hasMessage("crashed");
      assertThat(positionsInFiles()).as("beside the manifest").doesNotHaveDuplicates();
    }
    // And what a process leaves that had no time to tidy up.
    Path writing = Files.createDirectories(directory.resolve(".writing"));
    Files.writeString(writing.resolve("OrderPlaced-2026-09-09.parquet"), "half a file");
    Files.writeString(writing.resolve("manifest.json"), "{\"format\":1,\"chu");
    Path foreign = Files.writeString(directory.resolve("notes.txt"), "mine");

    Export.Summary summary = export();

    assertThat(summary.rows()).isEqualTo(EVENTS.size());
    assertThat(positionsInFiles()).isEqualTo(positions(event -> true));
    assertThat(writing).doesNotExist();
    assertThat(foreign).exists();
  }

  @Test
  void exportsATimeAndWidensItInBothDirections() throws Exception {
    Instant from = EVENTS.get(HALF).at();
    Instant to = from.plus(Duration.ofDays(2));
    Predicate<Happening> inside = event -> !event.at().isBefore(from) && event.at().isBefore(to);
    assertThat(positions(inside)).hasSizeBetween(50, EVENTS.size() / 2);

    export(from, to, ExportListener.NONE);
    assertThat(positionsInFiles()).isEqualTo(positions(inside));

    export(from, to.plus(Duration.ofDays(1)), ExportListener.NONE);
    assertThat(positionsInFiles())
        .isEqualTo(
            positions(
                event ->
                    !event.at().isBefore(from)
                        && event.at().isBefore(to.plus(Duration.ofDays(1)))));
    assertThat(EventFiles.read(directory).slices()).hasSize(1);

    assertThatThrownBy(() -> export(from, to, ExportListener.NONE))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("ask for that or more");

    export();
    assertThat(positionsInFiles()).isEqualTo(positions(event -> true));
    assertThat(EventFiles.read(directory).slices())
        .containsExactly(
            new Manifest.Slice(
                null,
                null,
                EVENTS.size(),
                EventFiles.read(directory).slices().getFirst().eventId()));
  }

  @Test
  void refusesAnotherStore() throws Exception {
    export();
    store.clear();
    store.append(History.generate(8, 150));

    assertThatThrownBy(this::export)
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("another store");

    store.clear();
    store.append(EVENTS.subList(0, HALF));
    assertThatThrownBy(this::export).hasMessageContaining("restored to an earlier state");
  }

  @Test
  void stopsAtAnEventThatItDoesNotKnow() throws Exception {
    store.execute("update eventstore.event set type = 'ordering.OrderEaten' where position = 400");

    assertThatThrownBy(this::export)
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("ordering.OrderEaten at position 400")
        .hasMessageContaining("nothing is skipped");

    assertThat(EventFiles.read(directory).position()).as("the chunk before it").isEqualTo(CHUNK);
  }

  @Test
  void letsOneRunWriteAtATime() throws Exception {
    try (EventFiles first = EventFiles.open(directory, false)) {
      assertThat(first.manifest()).isEqualTo(Manifest.EMPTY);
      assertThatThrownBy(() -> EventFiles.open(directory, false))
          .isInstanceOf(AnalysisException.class)
          .hasMessageContaining("another run writes");
    }
    export();
  }

  @Test
  void readsFilesThatLackAColumn() throws Exception {
    export();
    Manifest.DataFile old =
        EventFiles.read(directory).files().stream()
            .filter(file -> file.type().equals("OrderPlaced"))
            .findFirst()
            .orElseThrow();
    String path = directory.resolve(old.path()).toString();
    try (var duckdb = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duckdb.createStatement()) {
      statement.execute(
          "create table old as select * exclude (total_currency, lines),"
              + " [{'sku': l.sku} for l in lines] as lines from '"
              + path
              + "'");
      statement.execute("copy old to '" + path + "' (format parquet)");
    }

    assertThat(
            ask(
                "select count(*) from OrderPlaced where total_currency is null"
                    + " and lines[1].quantity is null and lines[1].sku is not null"))
        .containsExactly(List.of(old.rows()));
  }

  @Test
  void tellsHowFarItIs() throws Exception {
    var told = new ArrayList<Long>();

    export(
        null,
        null,
        new ExportListener() {
          @Override
          public void advanced(long done, long total) {
            assertThat(total).isEqualTo(EVENTS.size());
            told.add(done);
          }
        });

    assertThat(told).isSorted().endsWith((long) EVENTS.size()).hasSizeGreaterThan(3);
  }
}
