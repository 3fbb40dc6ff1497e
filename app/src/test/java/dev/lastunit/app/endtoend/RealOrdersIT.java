package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A shop's invoices, imported and ordered: totals to the penny and stock by SKU equal to what the
 * test computes from the file by itself. On the real data where it is there, and always on
 * generated data.
 */
class RealOrdersIT {

  private static final int ORDERS = 1_000;
  private static final int AT_A_TIME = 32;
  private static final int SPARE = 7;

  @TempDir Path directory;

  @Test
  void ordersRealInvoices() throws Exception {
    Optional<Path> data = Invoices.realData();
    assumeTrue(data.isPresent(), "skipped: the real invoices are not beside this checkout");
    Invoices invoices = Invoices.unpack(data.get(), directory.resolve("invoices.csv"));
    assertThat(invoices.some(ORDERS)).anyMatch(order -> order.getValue().size() > 300);

    run(invoices);
  }

  @Test
  void ordersGeneratedInvoices() throws Exception {
    run(Invoices.generate(20261124, directory.resolve("invoices.csv")));
  }

  private void run(Invoices invoices) throws Exception {
    try (Shop shop = Shop.start(directory.resolve("data"))) {
      ShopClient operator = shop.operator();
      JsonNode imported = importFile(operator, invoices.file());
      assertThat(imported.get("accepted").asLong() + imported.get("rejected").asLong())
          .isEqualTo(imported.get("read").asLong());
      long head = head(operator);
      importFile(operator, invoices.file());
      assertThat(head(operator)).as("the same file again changes nothing").isEqualTo(head);

      var chosen = invoices.some(ORDERS);
      Map<String, Integer> demand = new TreeMap<>();
      chosen.forEach(
          order ->
              order.getValue().forEach((sku, units) -> demand.merge(sku, units, Integer::sum)));
      eachAtATime(
          List.copyOf(demand.entrySet()),
          unit -> operator.receive(unit.getKey(), unit.getValue() + SPARE));

      ShopClient buyers = shop.customer("buyers");
      List<Answer> answers =
          eachAtATime(chosen, order -> decided(buyers, order.getKey(), order.getValue()));

      for (int i = 0; i < chosen.size(); i++) {
        Answer answer = answers.get(i).expect(201);
        assertThat(answer.body().get("total").get("amount").asLong())
            .as("total of invoice " + chosen.get(i).getKey())
            .isEqualTo(invoices.totalPence(chosen.get(i).getValue()));
        assertThat(units(answer.body())).isEqualTo(chosen.get(i).getValue());
      }
      long last = answers.stream().mapToLong(Answer::position).max().orElseThrow();
      eachAtATime(
          List.copyOf(demand.entrySet()),
          unit -> {
            JsonNode stock = operator.stock(unit.getKey(), last);
            assertThat(stock.get("sold").asInt()).as(unit.getKey()).isEqualTo(unit.getValue());
            assertThat(stock.get("onHand").asInt()).as(unit.getKey()).isEqualTo(SPARE);
            assertThat(stock.get("reserved").asInt()).as(unit.getKey()).isZero();
            return null;
          });
      Invariants.hold(operator);
    }
  }

  /** As a client does that needs the decision: asks again with the same key until there is one. */
  private static Answer decided(ShopClient buyers, String key, Map<String, Integer> lines) {
    Answer answer;
    int asked = 0;
    do {
      answer = buyers.order(key, lines, "tok_ok", 30);
    } while (answer.status() == 202 && ++asked < 4);
    return answer;
  }

  private static Map<String, Integer> units(JsonNode order) {
    return order
        .get("items")
        .valueStream()
        .collect(
            Collectors.toMap(
                item -> item.get("sku").asString(), item -> item.get("quantity").asInt()));
  }

  private static JsonNode importFile(ShopClient operator, Path file) {
    String id =
        operator
            .upload("/v1/catalogue/imports?currency=GBP", file, "text/csv")
            .expect(202)
            .body()
            .get("importId")
            .asString();
    JsonNode state;
    do {
      ShopClient.sleep(100);
      state = operator.get("/v1/catalogue/imports/" + id).expect(200).body();
    } while ("running".equals(state.get("state").asString()));
    assertThat(state.get("state").asString()).as(state.toString()).isEqualTo("completed");
    return state;
  }

  private static long head(ShopClient operator) {
    return operator
        .get("/v1/projections")
        .expect(200)
        .body()
        .valueStream()
        .mapToLong(projection -> projection.get("head").asLong())
        .max()
        .orElseThrow();
  }

  private interface Work<T, R> {
    R on(T item) throws Exception;
  }

  private static <T, R> List<R> eachAtATime(List<T> items, Work<T, R> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Future<R>> futures = new ArrayList<>();
      for (T item : items) {
        futures.add(threads.submit(() -> work.on(item)));
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }
}
