package dev.lastunit.shared.query.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.PersonalFields;
import dev.lastunit.testing.Purchase;
import dev.lastunit.testing.StoreServer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The store by SQL, as an analyst with nothing but the documented rights reads it. */
class AnalystViewsTest {

  private final Purchase purchase = Purchase.of("ord-a", "ada");
  private StoreServer server;

  @BeforeEach
  void clear() {
    server = StoreServer.shared();
  }

  private void append(Event event) {
    server.append(Purchase.stream(event), event);
  }

  /** What is personal is written down twice; this is what holds the two together. */
  @Test
  void hidesTheSameFieldsAsTheApi() {
    Set<String> expected = new TreeSet<>();
    for (String type : EventTypes.names()) {
      PersonalFields.of(type).paths().forEach(path -> expected.add(type + " " + path));
    }

    assertThat(
            server
                .jdbc()
                .queryForList(
                    "select type || ' ' || array_to_string(path, '.') from analyst.personal_field",
                    String.class))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void showsEveryEventMaskedAsTheApiDoes() {
    purchase.success().forEach(this::append);
    append(purchase.cancelled(OrderStatus.CONFIRMED));

    List<JsonNode> rows = asAnalyst("select to_jsonb(e)::text from analyst.event e order by 1");
    List<StoredEvent> events =
        server
            .bean(StoredEvents.class)
            .batches(EventFilter.ALL, 0, server.head(), Long.MAX_VALUE)
            .flatMapIterable(batch -> batch)
            .collectList()
            .block();

    assertThat(rows).hasSize(11);
    for (StoredEvent event : events) {
      JsonNode row =
          rows.stream()
              .filter(candidate -> candidate.get("position").asLong() == event.position())
              .findFirst()
              .orElseThrow();
      assertThat(row.get("payload")).isEqualTo(JsonMapper.shared().readTree(Masking.mask(event)));
      assertThat(row.get("type").asString()).isEqualTo(event.type());
      assertThat(row.get("metadata").get("subject").asString()).isEqualTo("tester");
    }
    assertThat(rows.toString()).doesNotContain("Ada Example", "Mill Lane", "tok_ok");
  }

  @Test
  void findsTheEventsOfAStream() {
    purchase.success().forEach(this::append);

    assertThat(
            asAnalyst(
                "select to_jsonb(position)::text from analyst.stream_event"
                    + " where stream = 'order-ord-a' order by sequence"))
        .extracting(JsonNode::asLong)
        .containsExactly(1L, 3L, 7L);
  }

  @Test
  void readsTextsWithTheCharacterZero() {
    server.insert(
        "order-z",
        StoreServer.START,
        "ordering.OrderConfirmed",
        "1",
        "{\"orderId\":\"a\\u0000b\"}",
        "{}");

    assertThat(asAnalyst("select payload::text from analyst.event"))
        .extracting(payload -> payload.get("orderId").asString())
        .containsExactly("a\ufffdb");
  }

  @Test
  void givesNoRightToTheTablesThemselves() {
    append(purchase.placed());

    assertThatThrownBy(() -> asAnalyst("select payload from eventstore.event"))
        .hasStackTraceContaining("permission denied");
    assertThatThrownBy(() -> asAnalyst("delete from analyst.event returning payload::text"))
        .hasStackTraceContaining("permission denied");
  }

  /** Runs a query with the rights that docs/analysts.md gives. */
  private List<JsonNode> asAnalyst(String sql) {
    JdbcTemplate jdbc = server.jdbc();
    jdbc.execute(
        """
        do $$ begin
          if not exists (select from pg_roles where rolname = 'analyst_test') then
            create role analyst_test;
          end if;
        end $$;
        grant usage on schema analyst to analyst_test;
        grant select on all tables in schema analyst to analyst_test;
        """);
    jdbc.execute("set role analyst_test");
    try {
      return jdbc.queryForList(sql, String.class).stream()
          .map(JsonMapper.shared()::readTree)
          .toList();
    } finally {
      jdbc.execute("reset role");
    }
  }
}
