package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same purchase 16 times at once, and again after a restart: one order, one charge, the same
 * answer.
 */
class OnePurchaseIT {

  private static final int AT_ONCE = 16;

  @TempDir Path directory;

  @Test
  void isOneOrderAndOneChargeHoweverOftenItIsSent() throws Exception {
    String orderId;
    try (Shop shop = Shop.start(directory)) {
      shop.operator().offer("once-1", 1999, 100);
      ShopClient ada = shop.customer("ada");

      List<Answer> answers = atOnce(ada);

      orderId = theOneOrder(answers);
      assertThat(answers)
          .filteredOn(answer -> answer.header("Idempotency-Replayed") == null)
          .as("only one of them is the first")
          .hasSize(1);
      assertThat(shop.operator().charges(orderId)).hasSize(1);
    }
    try (Shop shop = Shop.start(directory)) {
      ShopClient ada = shop.customer("ada");

      List<Answer> answers = atOnce(ada);

      assertThat(theOneOrder(answers)).isEqualTo(orderId);
      assertThat(answers)
          .allSatisfy(
              answer -> assertThat(answer.header("Idempotency-Replayed")).isEqualTo("true"));
      assertThat(shop.operator().charges(orderId)).hasSize(1);
      assertThat(shop.operator().stock("once-1", ada.seen()).get("sold").asInt()).isEqualTo(2);

      ada.order("purchase", Map.of("once-1", 3), "tok_ok", 20).expect(422);
      Answer other =
          shop.customer("bob").order("purchase", Map.of("once-1", 2), "tok_ok", 20).expect(201);
      assertThat(other.body().get("orderId").asString()).isNotEqualTo(orderId);
      assertThat(other.header("Idempotency-Replayed")).isNull();
      Invariants.hold(shop.operator());
    }
  }

  private static List<Answer> atOnce(ShopClient client) throws Exception {
    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> attempts = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        attempts.add(
            threads.submit(
                () -> {
                  together.await();
                  return client.order("purchase", Map.of("once-1", 2), "tok_ok", 30);
                }));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> attempt : attempts) {
        answers.add(attempt.get());
      }
      return answers;
    }
  }

  private static String theOneOrder(List<Answer> answers) {
    Set<String> orders = new HashSet<>();
    answers.forEach(answer -> orders.add(answer.expect(201).body().get("orderId").asString()));
    assertThat(orders).hasSize(1);
    return orders.iterator().next();
  }
}
