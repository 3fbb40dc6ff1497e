package dev.lastunit.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventDatabaseTest {

  private static final List<Happening> EVENTS = History.generate(11, 100);
  private static final int CHUNK = 400;
  private static final int TAIL = 150;

  @TempDir static Path data;
  private static StoreOfTests store;

  @TempDir Path caches;

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

  private List<List<Object>> ask(String sql) throws IOException, SQLException {
    EventDatabase database;
    try (LiveStore live = store.open()) {
      database = EventDatabase.ofStore(live, caches, CHUNK, TAIL, ExportListener.NONE);
    }
    // The store is left by now.
    try (database) {
      return StoreOfTests.ask(database, sql);
    }
  }

  private Manifest cache() throws IOException {
    try (Stream<Path> children = Files.list(caches)) {
      return EventFiles.read(children.findFirst().orElseThrow());
    }
  }

  private static List<Object> countOf(List<Happening> events) {
    return List.of((long) events.size(), 1L, (long) events.size(), (long) events.size());
  }

  private static final String COUNTS =
      "select count(*), min(position), max(position), count(distinct position) from events";

  @Test
  void answersFromTheFilesAndTheLastEvents() throws Exception {
    assertThat(ask(COUNTS)).containsExactly(countOf(EVENTS));
    assertThat(cache().position())
        .isLessThan(EVENTS.size())
        .isGreaterThanOrEqualTo(EVENTS.size() - TAIL + 1L);
  }

  @Test
  void seesEveryEventThatWasCommittedBefore() throws Exception {
    store.clear();
    store.append(EVENTS.subList(0, 100));
    assertThat(ask(COUNTS)).containsExactly(countOf(EVENTS.subList(0, 100)));
    assertThat(caches).as("so few need no files").isEmptyDirectory();

    for (int end : new int[] {101, 249, 250, 251, EVENTS.size()}) {
      store.append(EVENTS.subList((int) (long) ask(COUNTS).getFirst().getFirst(), end));
      assertThat(ask(COUNTS)).containsExactly(countOf(EVENTS.subList(0, end)));
    }
  }

  @Test
  void readsOnlyTheNewEventsAgain() throws Exception {
    ask(COUNTS);
    Manifest before = cache();
    // What is in files already is not read from the store any more.
    store.execute("delete from eventstore.event where position < 100");

    assertThat(ask(COUNTS)).containsExactly(countOf(EVENTS));
    assertThat(cache()).isEqualTo(before);
  }

  @Test
  void beginsAnewWhenTheStoreIsAnother() throws Exception {
    ask(COUNTS);
    List<Happening> others = History.generate(12, 130);
    store.clear();
    store.append(others);

    assertThat(ask(COUNTS)).containsExactly(countOf(others));

    store.clear();
    store.append(EVENTS.subList(0, 200));
    assertThat(ask(COUNTS)).containsExactly(countOf(EVENTS.subList(0, 200)));
  }

  @Test
  void dropsCachesOfOtherVersions() throws Exception {
    Path other = Files.createDirectories(caches.resolve("events-0123456789abcdef"));
    Path kept = Files.createDirectories(caches.resolve("mine"));

    ask(COUNTS);

    assertThat(other).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void hasATableForEveryTypeAlsoWithoutEvents() throws Exception {
    store.clear();
    String counts =
        EventTable.all().values().stream()
            .map(table -> "select count(*) as n from " + table.name())
            .collect(Collectors.joining(" union all ", "select sum(n), count(*) from (", ")"));

    assertThat(ask(counts))
        .containsExactly(List.of(BigInteger.ZERO, (long) EventTable.all().size()));
  }

  @Test
  void tellsWhatThereIs() throws Exception {
    assertThat(ask("show tables").toString()).contains("OrderConfirmed", "StockReserved", "events");
    assertThat(ask("describe OrderConfirmed").toString()).contains("orderId", "VARCHAR");
    assertThat(ask("with x as (select position, p.at from OrderPlaced p) from x limit 1"))
        .hasSize(1);
  }

  @Test
  void changesNothing() throws Exception {
    List<String> changes =
        List.of(
            "drop view OrderPlaced",
            "create table x (a int)",
            "copy (select 1) to 'x.csv'",
            "set threads = 1",
            "attach 'x.db'",
            "install httpfs",
            "insert into tail.OrderPlaced select * from OrderPlaced",
            "pragma memory_limit='1GB'");
    try (LiveStore live = store.open();
        EventDatabase database =
            EventDatabase.ofStore(live, caches, CHUNK, TAIL, ExportListener.NONE)) {
      for (String change : changes) {
        assertThatThrownBy(() -> StoreOfTests.ask(database, change))
            .as(change)
            .isInstanceOf(AnalysisException.class)
            .hasMessageContaining("only questions are answered");
      }
    }
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> ask("select * from OrderConfirmd"))
        .hasMessageContaining("OrderConfirmd does not exist")
        .hasMessageContaining("Did you mean \"OrderConfirmed");
    assertThatThrownBy(() -> ask("select nope from OrderConfirmed"))
        .hasMessageContaining("\"nope\" not found");
    assertThatThrownBy(() -> ask("select at from OrderPlaced"))
        .hasMessageContaining("OrderPlaced.at");
    assertThatThrownBy(() -> ask("selec 1")).hasMessageContaining("syntax error at or near");
    assertThatThrownBy(() -> ask("select 1; select 2")).hasMessageContaining("one statement");
    assertThatThrownBy(() -> ask("select orderId::int from OrderPlaced"))
        .hasMessageContaining("Could not convert");
    assertThatThrownBy(() -> ask(" ")).isInstanceOf(AnalysisException.class);
  }

  @Test
  void makesPlainValues() throws Exception {
    assertThat(
            ask(
                "select null, true, 1, 2.50, 'a', timestamptz '2026-01-02 03:04:05.5+00',"
                    + " date '2026-01-02', {'a': [1, null], 'b': map {'k': 'v'}}, 'nan'::double"))
        .first()
        .asString()
        .isEqualTo(
            "[null, true, 1, 2.50, a, 2026-01-02T03:04:05.500Z, 2026-01-02,"
                + " {a=[1, null], b={k=v}}, NaN]");
  }
}
