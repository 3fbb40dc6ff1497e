package dev.lastunit.app.simulator;

import static dev.lastunit.app.simulator.SimulatorServer.CHARGES;
import static dev.lastunit.app.simulator.SimulatorServer.charge;
import static dev.lastunit.app.simulator.SimulatorServer.json;
import static dev.lastunit.app.simulator.SimulatorServer.path;
import static dev.lastunit.app.simulator.SimulatorServer.reference;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** The state table of moves, each pair of it, with the amounts at and beyond their bounds. */
class SimulatorMovesTest {

  private static SimulatorServer server;

  @BeforeAll
  static void start() {
    server = new SimulatorServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** A charge of 1999 brought to the status by the calls that lead there. */
  private static JsonNode chargeThatIs(String status) {
    return switch (status) {
      case "pending" -> server.open(reference(), "tok_never");
      case "declined" -> server.open(reference(), "tok_declined");
      case "authorised" -> server.open(reference(), "tok_ok");
      case "captured" -> server.move(chargeThatIs("authorised"), "capture", Map.of());
      case "voided" -> server.move(chargeThatIs("authorised"), "void", Map.of());
      case "refunded" -> server.move(chargeThatIs("captured"), "refunds", Map.of());
      default -> throw new IllegalArgumentException(status);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "pending, capture, ",
    "pending, refunds, ",
    "pending, void, voided",
    "authorised, capture, captured",
    "authorised, refunds, ",
    "authorised, void, voided",
    "captured, capture, ",
    "captured, refunds, refunded",
    "captured, void, ",
    "declined, capture, ",
    "declined, refunds, ",
    "declined, void, ",
    "voided, capture, ",
    "voided, refunds, ",
    "voided, void, ",
    "refunded, capture, ",
    "refunded, refunds, ",
    "refunded, void, "
  })
  void everyPairOfStatusAndMove(String status, String move, String after) {
    var before = chargeThatIs(status);
    assertThat(before.path("status").asString()).isEqualTo(status);
    var response = server.post(path(before, move), null, Map.of());

    if (after == null) {
      var problem =
          json(
              response
                  .expectStatus()
                  .isEqualTo(409)
                  .expectHeader()
                  .contentType(MediaType.APPLICATION_PROBLEM_JSON));
      assertThat(problem.path("type").asString()).isEqualTo("/problems/charge-state-conflict");
      assertThat(problem.path("chargeStatus").asString()).isEqualTo(status);
      assertThat(server.again(before)).isEqualTo(before);
    } else {
      var answer = json(response.expectStatus().isOk());
      assertThat(answer.path("status").asString()).isEqualTo(after);
      assertThat(server.again(before)).isEqualTo(answer);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1998, 1998", "1999, 1999", "2000, "})
  void capturesNoMoreThanWasAuthorised(long amount, Long captured) {
    var charge = chargeThatIs("authorised");
    var response = server.post(path(charge, "capture"), null, Map.of("amount", amount));

    if (captured == null) {
      response.expectStatus().isEqualTo(409);
      assertThat(server.again(charge).path("status").asString()).isEqualTo("authorised");
    } else {
      response.expectStatus().isOk();
      assertThat(server.again(charge).path("amountCaptured").longValue()).isEqualTo(captured);
    }
  }

  @Test
  void tellsItsRefundsWithTheirKeys() {
    var charge = server.move(chargeThatIs("authorised"), "capture", Map.of("amount", 1000));
    var chargeId = charge.path("chargeId").asString();
    assertThat(refunds(chargeId)).isEmpty();

    for (var repeat = 0; repeat < 2; repeat++) {
      json(
          server
              .post(path(charge, "refunds"), "first-" + chargeId, Map.of("amount", 400))
              .expectStatus()
              .isOk());
    }
    server.move(charge, "refunds", Map.of("amount", 100));

    assertThat(refunds(chargeId)).containsExactly("400 EUR first-" + chargeId, "100 EUR null");
    server.get("/simulator/v1/charges/ch_none/refunds").expectStatus().isNotFound();
  }

  private List<String> refunds(String chargeId) {
    return json(server.get("/simulator/v1/charges/" + chargeId + "/refunds").expectStatus().isOk())
        .path("items")
        .valueStream()
        .map(
            refund ->
                refund.path("amount").longValue()
                    + " "
                    + refund.path("currency").asString()
                    + " "
                    + refund.path("idempotencyKey").asString(null))
        .toList();
  }

  @Test
  void refundsInPartsButNoMoreThanWasCaptured() {
    var charge = server.move(chargeThatIs("authorised"), "capture", Map.of("amount", 1000));
    var part = server.move(charge, "refunds", Map.of("amount", 400));
    assertThat(part.path("status").asString()).isEqualTo("captured");
    assertThat(part.path("amountRefunded").longValue()).isEqualTo(400);

    var problem =
        json(
            server
                .post(path(charge, "refunds"), null, Map.of("amount", 601))
                .expectStatus()
                .isEqualTo(409));
    assertThat(problem.path("most").longValue()).isEqualTo(600);
    assertThat(server.again(charge)).isEqualTo(part);

    var rest = server.move(charge, "refunds", Map.of());
    assertThat(rest.path("status").asString()).isEqualTo("refunded");
    assertThat(rest.path("amountRefunded").longValue()).isEqualTo(1000);
    assertThat(
            SimulatorDatabase.count(
                "select sum(amount)::bigint from simulator.entry where kind = 'refunded'"
                    + " and charge_id = '"
                    + charge.path("chargeId").asString()
                    + "'"))
        .isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({"capture, 0", "capture, -5", "refunds, 0", "refunds, 1.5"})
  void anAmountThatIsNoneIsInvalid(String move, String amount) {
    var charge = chargeThatIs(move.equals("capture") ? "authorised" : "captured");

    server
        .post(path(charge, move), null, "{\"amount\": " + amount + "}")
        .expectStatus()
        .isEqualTo(422);
  }

  @Test
  void voidingAPartIsInvalid() {
    server
        .post(path(chargeThatIs("authorised"), "void"), null, Map.of("amount", 5))
        .expectStatus()
        .isEqualTo(422);
  }

  @Test
  void anEmptyBodyMeansAll() {
    var charge = chargeThatIs("authorised");

    assertThat(
            json(server.post(path(charge, "capture"), null, "").expectStatus().isOk())
                .path("amountCaptured")
                .longValue())
        .isEqualTo(1999);
  }

  @Test
  void anUnknownChargeIsNotFound() {
    server.get(CHARGES + "/ch_none").expectStatus().isNotFound();
    for (var move : Move.values()) {
      server
          .post(CHARGES + "/ch_none/" + move.path(), "key-" + reference(), Map.of())
          .expectStatus()
          .isNotFound();
    }
  }

  /** Ten refunds of a third race for what was captured: three can be had, whoever they are. */
  @Test
  void racingRefundsNeverGiveBackMoreThanWasCaptured() {
    var body = new HashMap<>(charge(reference(), "tok_ok"));
    body.put("amount", 300);
    var charge = json(server.post(CHARGES, null, body).expectStatus().isCreated());
    server.move(charge, "capture", Map.of());
    var given = new AtomicInteger();
    IntStream.range(0, 10)
        .mapToObj(
            i ->
                Thread.startVirtualThread(
                    () -> {
                      var status =
                          server
                              .post(path(charge, "refunds"), null, Map.of("amount", 100))
                              .expectBody()
                              .returnResult()
                              .getStatus()
                              .value();
                      given.addAndGet(status == 200 ? 1 : status == 409 ? 0 : 1_000);
                    }))
        .toList()
        .forEach(SimulatorMovesTest::join);

    assertThat(given).hasValue(3);
    assertThat(server.again(charge).path("amountRefunded").longValue()).isEqualTo(300);
    assertThat(server.again(charge).path("status").asString()).isEqualTo("refunded");
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
