package dev.lastunit.app.simulator;

import static dev.lastunit.app.simulator.SimulatorServer.reference;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.simulator.Step.Moving;
import dev.lastunit.app.simulator.Step.Opening;
import dev.lastunit.app.simulator.Step.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What comes together is written together, and each is answered as if it had come alone. */
class StepWriterTest {

  private static final long AMOUNT = 300;

  /** Lets the writer have connections or not, counts them, and can break the next one. */
  private static final class Gate extends DelegatingDataSource {

    private final AtomicInteger taken = new AtomicInteger();
    private final Semaphore open = new Semaphore(Integer.MAX_VALUE / 2);
    private volatile boolean breakNext;

    Gate(HikariDataSource pool) {
      super(pool);
    }

    void close() {
      open.drainPermits();
    }

    void open() {
      open.release(Integer.MAX_VALUE / 2);
    }

    @Override
    public Connection getConnection() throws SQLException {
      taken.incrementAndGet();
      open.acquireUninterruptibly();
      var connection = super.getConnection();
      if (breakNext) {
        breakNext = false;
        end(connection);
      }
      return connection;
    }

    private void end(Connection connection) throws SQLException {
      int pid;
      try (var statement = connection.createStatement();
          var row = statement.executeQuery("select pg_backend_pid()")) {
        row.next();
        pid = row.getInt(1);
      }
      assertThat(
              SimulatorDatabase.count(
                  "select pg_terminate_backend(" + pid + ", 5000)::int::bigint"))
          .isEqualTo(1);
    }
  }

  private final HikariDataSource pool = SimulatorDatabase.dataSource();
  private final Gate gate = new Gate(pool);
  private StepWriter writer;

  @BeforeEach
  void start() {
    writer = writer(StepWriter.MOST_WAITING);
  }

  @AfterEach
  void stop() {
    gate.open();
    writer.stop(Duration.ofSeconds(10));
    pool.close();
  }

  private StepWriter writer(int mostWaiting) {
    var settings =
        new Binder(List.of()).bindOrCreate("lastunit.simulator", SimulatorSettings.class);
    return new StepWriter(new StepBooks(gate, Clock.systemUTC(), settings), mostWaiting);
  }

  private static Opening opening(String reference, String key) {
    return new Opening(new ChargeRequest(reference, AMOUNT, "EUR", TestToken.OK, false), key);
  }

  private static Outcome get(CompletableFuture<Outcome> answer) {
    return answer.orTimeout(20, TimeUnit.SECONDS).join();
  }

  /** The status of the problem that the step is refused with. */
  private static int refusal(CompletableFuture<Outcome> answer) {
    try {
      throw new AssertionError("Not refused: " + answer.get(20, TimeUnit.SECONDS));
    } catch (ExecutionException failed) {
      assertThat(failed.getCause()).isInstanceOf(Refusal.class);
      return ((Refusal) failed.getCause()).status().value();
    } catch (Exception other) {
      throw new AssertionError(other);
    }
  }

  private Charge open(String reference) {
    return get(writer.submit(opening(reference, null))).charge();
  }

  private Charge captured(String reference) {
    return get(writer.submit(new Moving(open(reference).chargeId(), Move.CAPTURE, null, null)))
        .charge();
  }

  private static long charges(String reference) {
    return SimulatorDatabase.count(
        "select count(*) from simulator.charge where reference = '" + reference + "'");
  }

  /** Submits the steps while another is being written, so that they are one group. */
  private List<CompletableFuture<Outcome>> together(List<? extends Step> steps) {
    gate.close();
    var taken = gate.taken.get();
    var before = writer.submit(opening(reference(), null));
    Await.until("the group before", () -> gate.taken.get() > taken);
    var answers = new ArrayList<CompletableFuture<Outcome>>();
    steps.forEach(step -> answers.add(writer.submit(step)));
    gate.open();
    get(before);
    return answers;
  }

  @Test
  void whatArrivesWhileAGroupIsWrittenIsTheNextGroup() {
    var reference = reference();
    var charge = open(reference());
    var steps = new ArrayList<Step>();
    IntStream.range(0, 100).forEach(i -> steps.add(opening(reference, reference + i)));
    steps.add(new Moving(charge.chargeId(), Move.CAPTURE, 200L, "capture-" + reference));
    var taken = gate.taken.get();
    var answers = together(steps);

    assertThat(answers).allMatch(answer -> !get(answer).replayed());
    assertThat(answers)
        .extracting(answer -> get(answer).charge().status())
        .contains(ChargeStatus.AUTHORISED, ChargeStatus.CAPTURED);
    assertThat(charges(reference)).isEqualTo(100);
    assertThat(gate.taken).hasValue(taken + 2);
  }

  @Test
  void oneKeyInOneGroupIsOneCharge() {
    var reference = reference();
    var answers =
        together(IntStream.range(0, 64).mapToObj(i -> opening(reference, reference)).toList());

    assertThat(answers)
        .extracting(answer -> get(answer).charge())
        .containsOnly(get(answers.getFirst()).charge());
    assertThat(answers.stream().filter(answer -> get(answer).replayed())).hasSize(63);
    assertThat(charges(reference)).isEqualTo(1);
  }

  @Test
  void aKeyOfTheBooksIsAnsweredByItsEntryAmongNewOnes() {
    var reference = reference();
    var first = get(writer.submit(opening(reference, reference)));
    get(writer.submit(new Moving(first.charge().chargeId(), Move.CAPTURE, null, null)));
    var answers =
        together(
            List.of(
                opening(reference, reference),
                opening(reference, reference + "-new"),
                opening(reference(), reference)));

    assertThat(get(answers.get(0))).isEqualTo(new Outcome(first.charge(), true, false));
    assertThat(get(answers.get(1)).replayed()).isFalse();
    assertThat(refusal(answers.get(2))).isEqualTo(422);
    assertThat(charges(reference)).isEqualTo(2);
  }

  @Test
  void oneThatCannotBeWrittenHurtsNobodyElse() {
    var reference = reference();
    var steps = new ArrayList<Step>();
    IntStream.range(0, 20).forEach(i -> steps.add(opening(reference, reference + i)));
    steps.add(10, opening("no text of the database: \0", reference));
    steps.add(15, opening("half a character: \ud83d", reference + "-half"));
    var answers = together(steps);

    assertThat(get(answers.remove(15)).charge().status()).isEqualTo(ChargeStatus.AUTHORISED);
    assertThat(refusal(answers.remove(10))).isEqualTo(503);
    assertThat(answers).allMatch(answer -> !get(answer).replayed());
    assertThat(charges(reference)).isEqualTo(20);
  }

  @Test
  void aChargeIsCapturedOnceHoweverManyKeysAskInOneGroup() {
    var charge = open(reference());
    var answers =
        together(
            IntStream.range(0, 3)
                .mapToObj(
                    i ->
                        new Moving(
                            charge.chargeId(), Move.CAPTURE, 100L, charge.chargeId() + "-" + i))
                .toList());

    assertThat(get(answers.get(0)).charge().amountCaptured()).isEqualTo(100);
    assertThat(refusal(answers.get(1))).isEqualTo(409);
    assertThat(refusal(answers.get(2))).isEqualTo(409);
  }

  @Test
  void movesOfOneChargeAreDecidedInTheirOrder() {
    var charge = captured(reference());
    var refunds = new ArrayList<Step>();
    for (var i = 0; i < 4; i++) {
      refunds.add(new Moving(charge.chargeId(), Move.REFUND, 100L, null));
    }
    var answers = together(refunds);

    for (var i = 0; i < 3; i++) {
      assertThat(get(answers.get(i)).charge().amountRefunded()).isEqualTo(100 * (i + 1));
    }
    assertThat(get(answers.get(2)).charge().status()).isEqualTo(ChargeStatus.REFUNDED);
    assertThat(refusal(answers.get(3))).isEqualTo(409);
  }

  @Test
  void aRefusedMoveLeavesItsKeyToTheOtherRequestOfItsGroup() {
    var charge = open(reference());
    var key = "key-" + charge.chargeId();
    var answers =
        together(
            List.of(
                new Moving("ch_none", Move.VOID, null, key),
                new Moving("ch_none", Move.VOID, null, key),
                new Moving(charge.chargeId(), Move.VOID, null, key)));

    assertThat(refusal(answers.get(0))).isEqualTo(404);
    assertThat(refusal(answers.get(1))).isEqualTo(404);
    assertThat(get(answers.get(2)).charge().status()).isEqualTo(ChargeStatus.VOIDED);
  }

  @Test
  void aLostConnectionIsAnUnknownOutcomeAndTheSameKeysMayBeTriedAgain() {
    var reference = reference();
    var charge = open(reference());
    var steps = new ArrayList<Step>();
    IntStream.range(0, 10).forEach(i -> steps.add(opening(reference, reference + i)));
    steps.add(new Moving(charge.chargeId(), Move.CAPTURE, null, "capture-" + reference));
    gate.close();
    var taken = gate.taken.get();
    var before = writer.submit(opening(reference(), null));
    Await.until("the group before", () -> gate.taken.get() > taken);
    var answers = steps.stream().map(writer::submit).toList();
    gate.open.release(1);
    get(before);
    gate.breakNext = true;
    gate.open();

    assertThat(answers).allMatch(answer -> refusal(answer) == 503);
    assertThat(charges(reference)).isZero();
    var again = steps.stream().map(writer::submit).toList();
    assertThat(again).allMatch(answer -> !get(answer).replayed());
    assertThat(charges(reference)).isEqualTo(10);
  }

  @Test
  void twoNodesWithTheSameKeysMakeOneChargeOfEach() {
    var reference = reference();
    var other = writer(StepWriter.MOST_WAITING);
    try {
      var here = new ArrayList<CompletableFuture<Outcome>>();
      var there = new ArrayList<CompletableFuture<Outcome>>();
      for (var i = 0; i < 200; i++) {
        here.add(writer.submit(opening(reference, reference + i)));
        there.add(other.submit(opening(reference, reference + i)));
      }

      for (var i = 0; i < 200; i++) {
        assertThat(get(here.get(i)).charge()).isEqualTo(get(there.get(i)).charge());
        assertThat(get(here.get(i)).replayed()).isNotEqualTo(get(there.get(i)).replayed());
      }
      assertThat(charges(reference)).isEqualTo(200);
    } finally {
      other.stop(Duration.ofSeconds(10));
    }
  }

  @Test
  void whoHasGoneBeforeItsGroupHasNothingWritten() {
    var reference = reference();
    gate.close();
    var taken = gate.taken.get();
    var before = writer.submit(opening(reference(), null));
    Await.until("the group before", () -> gate.taken.get() > taken);
    writer.submit(opening(reference, null)).cancel(false);
    var last = writer.submit(opening(reference, null));
    gate.open();
    get(before);
    get(last);

    assertThat(charges(reference)).isEqualTo(1);
  }

  @Test
  void aFullQueueIsRefusedAndAStopWritesWhatWaits() throws InterruptedException {
    var reference = reference();
    var small = writer(8);
    gate.close();
    var taken = gate.taken.get();
    var answers = new ArrayList<CompletableFuture<Outcome>>();
    answers.add(small.submit(opening(reference, null)));
    Await.until("the first group", () -> gate.taken.get() > taken);
    for (var i = 0; i < 8; i++) {
      answers.add(small.submit(opening(reference, null)));
    }

    assertThat(refusal(small.submit(opening(reference, null)))).isEqualTo(503);
    var stop = Thread.startVirtualThread(() -> small.stop(Duration.ofSeconds(10)));
    Await.until(
        "the stop", () -> small.submit(opening(reference(), null)).isCompletedExceptionally());
    gate.open();
    stop.join();
    assertThat(answers).allMatch(answer -> !get(answer).replayed());
    assertThat(charges(reference)).isEqualTo(9);
    assertThat(refusal(small.submit(opening(reference, null)))).isEqualTo(503);
  }

  @Test
  void aStopThatHasToEndRefusesWhatWaits() {
    var reference = reference();
    var stuck = writer(8);
    gate.close();
    var taken = gate.taken.get();
    var first = stuck.submit(opening(reference, null));
    Await.until("the first group", () -> gate.taken.get() > taken);
    var waiting =
        IntStream.range(0, 8).mapToObj(i -> stuck.submit(opening(reference, null))).toList();
    stuck.stop(Duration.ofMillis(100));

    assertThat(waiting).allMatch(answer -> refusal(answer) == 503);
    gate.open();
    get(first);
    assertThat(charges(reference)).isEqualTo(1);
  }

  @Test
  void answersAreGivenByAnotherThreadThanTheWritingOne() {
    var threads = new ArrayList<String>();
    gate.close();
    var answer =
        writer
            .submit(opening(reference(), null))
            .thenAccept(outcome -> threads.add(Thread.currentThread().getName()));
    gate.open();
    answer.orTimeout(20, TimeUnit.SECONDS).join();

    assertThat(threads).hasSize(1).noneMatch(name -> name.startsWith("simulator-ledger"));
  }

  /** Planning costs more than writing a small group does. */
  @Test
  void plansAreMadeOnceAndNotForEachGroup() throws SQLException {
    for (var i = 0; i < 30; i++) {
      captured(reference());
    }
    var customPlans = new ArrayList<Integer>();
    try (var connection = pool.getConnection();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select custom_plans from pg_prepared_statements where generic_plans > 0"
                    + " and statement like 'with asked%'")) {
      while (rows.next()) {
        customPlans.add(rows.getInt(1));
      }
    }

    assertThat(customPlans).hasSize(2).allMatch(count -> count <= 5);
  }
}
