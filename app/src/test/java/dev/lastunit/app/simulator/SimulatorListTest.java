package dev.lastunit.app.simulator;

import static dev.lastunit.app.simulator.SimulatorServer.CHARGES;
import static dev.lastunit.app.simulator.SimulatorServer.json;
import static dev.lastunit.app.simulator.SimulatorServer.reference;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The list of charges by the time at which they were opened. */
class SimulatorListTest {

  private static SimulatorServer server;

  @BeforeAll
  static void start() {
    server = new SimulatorServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode part(String from, String to, String cursor) {
    return json(
        server
            .get(
                CHARGES
                    + "?from="
                    + from
                    + "&to="
                    + to
                    + (cursor == null ? "" : "&cursor=" + cursor))
            .expectStatus()
            .isOk());
  }

  /** Every charge of a time, by following the cursors, and how many parts they came in. */
  private record All(List<JsonNode> items, int parts) {
    static All of(String from, String to) {
      var items = new ArrayList<JsonNode>();
      var parts = 0;
      String cursor = null;
      do {
        var part = part(from, to, cursor);
        part.path("items").forEach(items::add);
        cursor = part.path("next").asString(null);
        parts++;
      } while (cursor != null);
      return new All(items, parts);
    }

    List<String> ids() {
      return items.stream().map(item -> item.path("chargeId").asString()).toList();
    }
  }

  @Test
  void listsEveryChargeOnceInTheOrderInWhichTheyWereOpened() {
    var before = Instant.now();
    var opened =
        IntStream.range(0, 2 * ListedCharge.MOST + 1)
            .mapToObj(i -> server.open(reference(), "tok_ok").path("chargeId").asString())
            .toList();

    var all = All.of(before.toString(), Instant.now().plusSeconds(1).toString());

    assertThat(all.ids()).isEqualTo(opened);
    assertThat(all.parts()).isEqualTo(3);
  }

  @Test
  void showsChargesAsTheyStandNowWhateverBecameOfThem() {
    var before = Instant.now();
    var declined = server.open(reference(), "tok_declined");
    var captured = server.move(server.open(reference(), "tok_ok"), "capture", Map.of());
    server.move(captured, "refunds", Map.of("amount", 99));

    var items = All.of(before.toString(), Instant.now().plusSeconds(1).toString()).items();

    assertThat(items).hasSize(2);
    assertThat(items.get(0).path("reference")).isEqualTo(declined.path("reference"));
    assertThat(items.get(0).path("status").asString()).isEqualTo("declined");
    assertThat(items.get(1).path("status").asString()).isEqualTo("captured");
    assertThat(items.get(1).path("amountRefunded").asLong()).isEqualTo(99);
    assertThat(Instant.parse(items.get(1).path("createdAt").asString()))
        .isBetween(before.minusMillis(1), Instant.now());
  }

  @Test
  void theBeginningOfTheTimeIsInAndItsEndIsOut() {
    server.open(reference(), "tok_ok");
    var mine = server.open(reference(), "tok_ok");
    var at =
        All.of(Instant.now().minusSeconds(60).toString(), Instant.now().plusSeconds(1).toString())
            .items()
            .stream()
            .filter(item -> item.path("chargeId").equals(mine.path("chargeId")))
            .map(item -> Instant.parse(item.path("createdAt").asString()))
            .findFirst()
            .orElseThrow();
    var id = mine.path("chargeId").asString();

    assertThat(All.of(at.toString(), at.plusNanos(1_000).toString()).ids()).contains(id);
    assertThat(All.of(at.minusSeconds(1).toString(), at.toString()).ids()).doesNotContain(id);
    assertThat(All.of(at.plusNanos(1_000).toString(), at.plusSeconds(9).toString()).ids())
        .doesNotContain(id);
    assertThat(All.of(at.toString(), at.toString()).ids()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?from=2026-11-23T19:00:00Z",
        "?to=2026-11-23T19:00:00Z",
        "?from=yesterday&to=2026-11-23T19:00:00Z",
        "?from=2026-11-23T19:00:00Z&to=%2B1000000000-12-31T23:59:59Z",
        "?from=2026-11-23T19:00:00Z&to=2026-11-23T20:00:00Z&cursor=nonsense",
        "?from=2026-11-23T19:00:00Z&to=2026-11-23T20:00:00Z&cursor=bm9uc2Vuc2U"
      })
  void refusesWhatIsNoTime(String query) {
    server.get(CHARGES + query).expectStatus().isEqualTo(422);
  }
}
