package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** 500 buyers of 100 units, 64 at a time: exactly 100 get one. */
class LastUnitIT {

  private static final int UNITS = 100;
  private static final int BUYERS = 500;
  private static final int AT_A_TIME = 64;

  @TempDir static Path directory;

  private static Shop shop;
  private static ShopClient operator;

  @BeforeAll
  static void startShop() {
    shop = Shop.start(directory);
    operator = shop.operator();
  }

  @AfterAll
  static void stopShop() {
    Invariants.hold(operator);
    shop.close();
  }

  @RepeatedTest(3)
  void sellsExactlyWhatThereIs(RepetitionInfo run) throws Exception {
    String sku = "launch-" + run.getCurrentRepetition();
    operator.offer(sku, 4999, UNITS);
    ShopClient buyers = shop.customer("buyers-" + sku);
    Semaphore turns = new Semaphore(AT_A_TIME);
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> attempts = new ArrayList<>();
      for (int i = 0; i < BUYERS; i++) {
        String key = sku + "-" + i;
        attempts.add(
            threads.submit(
                () -> {
                  turns.acquire();
                  try {
                    return buyers.order(key, Map.of(sku, 1), "tok_ok", 30);
                  } finally {
                    turns.release();
                  }
                }));
      }
      for (Future<Answer> attempt : attempts) {
        answers.add(attempt.get());
      }
    }

    Map<String, Long> ends =
        answers.stream()
            .map(answer -> end(buyers, answer))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(ends)
        .containsOnly(
            Map.entry("confirmed", (long) UNITS),
            Map.entry("out-of-stock", (long) (BUYERS - UNITS)));
    long last = answers.stream().mapToLong(Answer::position).max().orElseThrow();
    JsonNode stock = operator.stock(sku, last);
    assertThat(stock.get("sold").asInt()).isEqualTo(UNITS);
    assertThat(stock.get("onHand").asInt()).isZero();
    assertThat(stock.get("reserved").asInt()).isZero();
  }

  /** What became of an order; one that was not decided within the wait is looked at again. */
  private static String end(ShopClient buyers, Answer answer) {
    return switch (answer.status()) {
      case 201 -> "confirmed";
      case 409 -> answer.body().get("type").asString().substring("/problems/".length());
      case 202 -> {
        String orderId = answer.body().get("orderId").asString();
        JsonNode order = buyers.awaitDecision(orderId, Duration.ofSeconds(60));
        yield order.get("reason").isNull()
            ? order.get("status").asString()
            : order.get("reason").asString();
      }
      default -> answer.status() + " " + answer.text();
    };
  }
}
