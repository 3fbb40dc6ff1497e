package dev.lastunit.app.simulator;

import static dev.lastunit.app.simulator.SimulatorServer.CHARGES;
import static dev.lastunit.app.simulator.SimulatorServer.charge;
import static dev.lastunit.app.simulator.SimulatorServer.json;
import static dev.lastunit.app.simulator.SimulatorServer.path;
import static dev.lastunit.app.simulator.SimulatorServer.reference;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * One key, one effect: in a row, all at once, for another request, and after the state moved on.
 */
class SimulatorIdempotencyTest {

  private static final int AT_ONCE = 16;

  private static SimulatorServer server;

  @BeforeAll
  static void start() {
    server = new SimulatorServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<JsonNode> allAtOnce(Callable<JsonNode> call)
      throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = threads.invokeAll(IntStream.range(0, AT_ONCE).mapToObj(i -> call).toList());
      var answers = new ArrayList<JsonNode>();
      for (var future : futures) {
        answers.add(future.get());
      }
      return answers;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tok_ok", "tok_declined", "tok_never"})
  void sixteenAtOnceMakeOneCharge(String token) throws Exception {
    var reference = reference();
    var body = charge(reference, token);
    var answers =
        allAtOnce(
            () -> json(server.post(CHARGES, "key-" + reference, body).expectStatus().isCreated()));

    assertThat(answers).hasSize(AT_ONCE).containsOnly(answers.getFirst());
    assertThat(server.find(reference)).hasSize(1);
  }

  @Test
  void sixteenAtOnceRefundOnce() throws Exception {
    var charge = server.open(reference(), "tok_ok");
    server.move(charge, "capture", Map.of());
    var answers =
        allAtOnce(
            () ->
                json(
                    server
                        .post(path(charge, "refunds"), "refund-" + charge, Map.of("amount", 100))
                        .expectStatus()
                        .isOk()));

    assertThat(answers).hasSize(AT_ONCE).containsOnly(answers.getFirst());
    assertThat(server.again(charge).path("amountRefunded").longValue()).isEqualTo(100);
  }

  @Test
  void aReplaySaysSoAndGivesTheFirstAnswerAlthoughTheChargeHasMovedOn() {
    var reference = reference();
    var body = charge(reference, "tok_ok");
    var first = json(server.post(CHARGES, "open-" + reference, body).expectStatus().isCreated());
    var captured =
        json(
            server
                .post(path(first, "capture"), "capture-" + reference, Map.of())
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist("Idempotency-Replayed"));
    server.move(first, "refunds", Map.of());

    var again =
        json(
            server
                .post(CHARGES, "open-" + reference, body)
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true"));
    assertThat(again).isEqualTo(first);
    var capturedAgain =
        json(
            server
                .post(path(first, "capture"), "capture-" + reference, Map.of())
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Idempotency-Replayed", "true"));
    assertThat(capturedAgain).isEqualTo(captured);
  }

  @Test
  void theSameRequestInOtherWordsIsTheSameRequest() {
    var reference = reference();
    var first =
        json(
            server
                .post(CHARGES, "key-" + reference, charge(reference, "tok_ok"))
                .expectStatus()
                .isCreated());
    var other =
        """
        { "token":"tok_ok", "currency":"EUR",
          "amount":1999, "reference":"%s" }
        """
            .formatted(reference);

    assertThat(json(server.post(CHARGES, "key-" + reference, other).expectStatus().isCreated()))
        .isEqualTo(first);
  }

  @Test
  void aKeyOfAnotherRequestIsRefused() {
    var reference = reference();
    var key = "key-" + reference;
    var charge =
        json(server.post(CHARGES, key, charge(reference, "tok_ok")).expectStatus().isCreated());
    var problem =
        json(
            server
                .post(CHARGES, key, charge(reference, "tok_declined"))
                .expectStatus()
                .isEqualTo(422));

    assertThat(problem.path("type").asString()).isEqualTo("/problems/idempotency-key-reused");
    assertThat(server.find(reference)).hasSize(1);
    server.post(path(charge, "capture"), key, Map.of()).expectStatus().isEqualTo(422);
    assertThat(server.again(charge)).isEqualTo(charge);
  }

  @Test
  void aRefusedRequestLeavesItsKeyFree() {
    var reference = reference();
    var charge = server.open(reference, "tok_async");
    var capture = path(charge, "capture");
    server.post(capture, "key-" + reference, Map.of()).expectStatus().isEqualTo(409);
    Await.until(
        "the decision", () -> server.again(charge).path("status").asString().equals("authorised"));

    server.post(capture, "key-" + reference, Map.of()).expectStatus().isOk();
  }

  @Test
  void withoutAKeyEachRequestIsANewOne() {
    var reference = reference();
    server.open(reference, "tok_ok");
    server.open(reference, "tok_ok");

    assertThat(server.find(reference)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "caf\u00e9"})
  void aKeyOfOtherCharactersIsInvalid(String key) {
    server.post(CHARGES, key, charge(reference(), "tok_ok")).expectStatus().isBadRequest();
  }

  @Test
  void aKeyHasAtMost255Characters() {
    var reference = reference();
    var longest = (reference + "x".repeat(255)).substring(0, 255);
    server.post(CHARGES, longest, charge(reference, "tok_ok")).expectStatus().isCreated();

    server.post(CHARGES, longest + "x", charge(reference, "tok_ok")).expectStatus().isBadRequest();
  }
}
