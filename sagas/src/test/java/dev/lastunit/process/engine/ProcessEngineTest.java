package dev.lastunit.process.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.testing.Await;
import dev.lastunit.process.testing.Deliveries;
import dev.lastunit.process.testing.SettableClock;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.RecordedEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The engine with a process of three steps: WORKING until told otherwise, RESTING until an event or
 * a time, FINISHING, end.
 */
class ProcessEngineTest {

  record Begun(String id) implements Event {}

  record Noticed(String id, String what) implements Event {}

  record Woken(String id) implements Event {}

  record Toy(String at, List<String> notes, int rounds) implements ProcessState {

    Toy {
      notes = notes == null ? List.of() : List.copyOf(notes);
    }

    @Override
    public String step() {
      return at;
    }

    @Override
    public boolean active() {
      return !at.equals("RESTING");
    }

    Toy at(String next) {
      return new Toy(next, notes, rounds);
    }
  }

  record Done() implements Stimulus.Outcome {}

  record Again() implements Stimulus.Outcome {}

  record Nonsense() implements Stimulus.Outcome {}

  private static final class ToyProcess implements ProcessDefinition<Toy> {

    private final Map<String, AtomicInteger> performed = new ConcurrentHashMap<>();
    private volatile Function<Toy, CompletableFuture<? extends Stimulus.Outcome>> effect =
        toy -> CompletableFuture.completedFuture(new Done());

    @Override
    public String name() {
      return "toy";
    }

    @Override
    public Class<Toy> stateType() {
      return Toy.class;
    }

    @Override
    public Set<Class<? extends Event>> concerns() {
      return Set.of(Event.class);
    }

    @Override
    public String instanceOf(Event event) {
      return switch (event) {
        case Begun begun -> begun.id();
        case Noticed noticed -> noticed.id();
        case Woken woken -> woken.id();
        default -> null;
      };
    }

    @Override
    public boolean isFirst(Event event) {
      return event instanceof Begun;
    }

    @Override
    public Decision<Toy> decide(Toy toy, Stimulus stimulus) {
      if (toy == null) {
        return stimulus instanceof Stimulus.Happened(Begun begun, _)
            ? Decision.run(new Toy("WORKING", List.of(begun.id()), 0))
            : Decision.ignore();
      }
      return switch (stimulus) {
        case Stimulus.Happened(Noticed noticed, _) -> {
          List<String> notes = new ArrayList<>(toy.notes());
          notes.add(noticed.what());
          yield Decision.note(new Toy(toy.at(), notes, toy.rounds()));
        }
        case Stimulus.Happened(Woken woken, _) when !toy.active() ->
            Decision.run(toy.at("FINISHING"));
        case Stimulus.TimedOut timedOut -> Decision.run(toy.at("FINISHING"));
        case Done done when toy.at().equals("WORKING") ->
            toy.notes().contains("skip the rest")
                ? Decision.run(toy.at("FINISHING"))
                : Decision.awaitFor(toy.at("RESTING"), Duration.ofMinutes(1));
        case Done done -> Decision.end("done");
        case Again again ->
            Decision.runAfter(
                new Toy(toy.at(), toy.notes(), toy.rounds() + 1), Duration.ofMillis(1));
        case Nonsense nonsense -> throw new IllegalArgumentException("A mistake in the process");
        default -> Decision.ignore();
      };
    }

    @Override
    public CompletableFuture<? extends Stimulus.Outcome> perform(Toy toy) {
      performed
          .computeIfAbsent(toy.notes().getFirst(), id -> new AtomicInteger())
          .incrementAndGet();
      return effect.apply(toy);
    }

    int performed(String id) {
      return performed.getOrDefault(id, new AtomicInteger()).get();
    }
  }

  private static TestDatabase database;

  private final SettableClock clock = new SettableClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ToyProcess process = new ToyProcess();
  private final List<ProcessEngine> engines = new ArrayList<>();

  @BeforeAll
  static void openDatabase() {
    database = new TestDatabase();
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  @AfterEach
  void stop() {
    engines.forEach(ProcessEngine::stop);
  }

  private static EngineSettings settings(String node) {
    return new EngineSettings(
        node,
        64,
        4,
        Duration.ofMillis(4),
        Duration.ofMillis(20),
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        Duration.ofMillis(5),
        Duration.ofSeconds(5),
        Duration.ZERO);
  }

  private ProcessEngine engine(EngineSettings settings) {
    return engine(settings, database.transactions());
  }

  private ProcessEngine engine(EngineSettings settings, PlatformTransactionManager transactions) {
    ProcessEngine engine =
        new ProcessEngine(
            database.jdbc(),
            transactions,
            settings,
            clock,
            new Backoff(settings.firstRetry(), settings.longestRetry(), new Random(7)),
            meters,
            List.of(process));
    engines.add(engine);
    return engine;
  }

  private ProcessEngine started() {
    ProcessEngine engine = engine(settings("a"));
    engine.start();
    return engine;
  }

  private ProcessEventHandler<Toy> handler(ProcessEngine engine) {
    ProcessEventHandler<Toy> handler = new ProcessEventHandler<>(engine, process, batch -> {});
    handler.begin(Long.MAX_VALUE, () -> {});
    return handler;
  }

  /** To instances that become rows at once. */
  private void deliver(ProcessEngine engine, Event... events) {
    deliver(handler(engine), events);
  }

  private void deliver(ProcessEventHandler<Toy> handler, Event... events) {
    Deliveries deliveries = new Deliveries(database.transactions(), after -> List.of());
    deliveries.deliver(handler, batch(events));
    deliveries.checkpoint(handler);
  }

  private static List<RecordedEvent> batch(Event... events) {
    return IntStream.range(0, events.length)
        .mapToObj(at -> new RecordedEvent(at + 1, Instant.EPOCH, "s", at, events[at], Map.of()))
        .toList();
  }

  private int rows() {
    return database.jdbc().queryForObject("select count(*) from process.instance", Integer.class);
  }

  private String step(String id) {
    List<String> steps =
        database
            .jdbc()
            .queryForList("select state from process.instance where id = ?", String.class, id);
    return steps.isEmpty() ? null : steps.getFirst();
  }

  private double ended() {
    var counter = meters.find("lastunit.process.ended").tag("outcome", "done").counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void runsWaitsAndEnds() {
    ProcessEngine engine = started();

    deliver(engine, new Begun("x"));
    Await.until("resting", () -> "RESTING".equals(step("x")));
    deliver(engine, new Woken("x"));

    Await.until("ended", () -> rows() == 0);
    Await.until("counted", () -> ended() == 1);
    Await.until("no place taken", () -> engine.inFlight() == 0);
  }

  @Test
  void goesOnByItselfWhenTheTimeIsUp() {
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"));
    Await.until("resting", () -> "RESTING".equals(step("x")));

    clock.advance(Duration.ofSeconds(59));
    Await.sleep(Duration.ofMillis(50));
    assertThat(step("x")).isEqualTo("RESTING");

    clock.advance(Duration.ofSeconds(2));
    Await.until("ended", () -> rows() == 0);
  }

  @Test
  void countsWhatIsNotedWhileAnEffectIsUnderWay() {
    CompletableFuture<Done> outcome = new CompletableFuture<>();
    process.effect =
        toy -> toy.at().equals("WORKING") ? outcome : CompletableFuture.completedFuture(new Done());
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"));
    Await.until("under way", () -> process.performed("x") == 1);

    deliver(engine, new Noticed("x", "skip the rest"));
    outcome.complete(new Done());

    Await.until("ended", () -> rows() == 0);
    assertThat(process.performed("x")).isEqualTo(2);
  }

  @Test
  void handlesManyEventsOfOneInstanceInOneBatch() {
    ProcessEngine engine = started();

    deliver(engine, new Begun("x"), new Noticed("x", "skip the rest"), new Begun("y"));

    Await.until("x ended, y rests", () -> step("x") == null && "RESTING".equals(step("y")));
  }

  @Test
  void runsNoMoreAtATimeThanAllowedAndForgetsNone() {
    List<CompletableFuture<Done>> open = java.util.Collections.synchronizedList(new ArrayList<>());
    process.effect =
        toy -> {
          CompletableFuture<Done> outcome = new CompletableFuture<>();
          open.add(outcome);
          return outcome;
        };
    ProcessEngine engine = engine(settings("a").withMaxInFlight(3));
    engine.start();
    Event[] begun =
        IntStream.range(0, 20).mapToObj(at -> new Begun("x" + at)).toArray(Event[]::new);

    deliver(engine, begun);
    Await.until("three run", () -> open.size() == 3);
    Await.sleep(Duration.ofMillis(50));
    assertThat(open).hasSize(3);

    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    open.forEach(outcome -> outcome.complete(new Done()));
    Await.until(
        "all rest",
        () ->
            database
                    .jdbc()
                    .queryForObject(
                        "select count(*) from process.instance where state = 'RESTING'",
                        Integer.class)
                == 20);
    Await.until("no place taken", () -> engine.inFlight() == 0);
  }

  @Test
  void parksAfterTheLastAttemptWithEverythingAPersonNeeds() {
    process.effect =
        toy -> CompletableFuture.failedFuture(new IllegalStateException("no\u0000t now"));
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"));
    ParkedProcesses parked = new ParkedProcesses(engine);
    Await.until("parked", () -> parked.list(null, 10).size() == 1);

    Parked one = parked.list(null, 10).getFirst();
    assertThat(one.id()).isEqualTo("toy:x");
    assertThat(one.state()).isEqualTo("WORKING");
    assertThat(one.attempts()).isEqualTo(4);
    assertThat(one.error()).isEqualTo("IllegalStateException: no t now");
    assertThat(one.history()).hasSize(5);
    assertThat(process.performed("x")).isEqualTo(4);
    assertThat(meters.get("lastunit.process.parkings").counter().count()).isEqualTo(1);

    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    parked.retry("toy:x");
    Await.until("goes on", () -> "RESTING".equals(step("x")));
    assertThat(parked.list(null, 10)).isEmpty();
  }

  @Test
  void parksAtOnceWhatIsStuck() {
    process.effect = toy -> CompletableFuture.failedFuture(new StuckException("hopeless"));
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"));
    ParkedProcesses parked = new ParkedProcesses(engine);

    Await.until("parked", () -> parked.list(null, 10).size() == 1);

    assertThat(parked.list(null, 10).getFirst().reason()).isEqualTo("stuck");
    assertThat(parked.list(null, 10).getFirst().error()).isEqualTo("hopeless");
    assertThat(process.performed("x")).isEqualTo(1);
  }

  @Test
  void parksWhenTheProcessMakesAMistake() {
    process.effect = toy -> CompletableFuture.completedFuture(new Nonsense());
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"));
    ParkedProcesses parked = new ParkedProcesses(engine);

    Await.until("parked", () -> parked.list(null, 10).size() == 1);

    assertThat(parked.list(null, 10).getFirst().error()).contains("A mistake in the process");
  }

  @Test
  void neverParksForBeingOverloaded() {
    AtomicInteger calls = new AtomicInteger();
    process.effect =
        toy ->
            calls.incrementAndGet() <= 12
                ? CompletableFuture.failedFuture(new Problem(ErrorCode.OVERLOADED, "Full"))
                : CompletableFuture.completedFuture(new Done());
    ProcessEngine engine = started();

    deliver(engine, new Begun("x"));

    Await.until("resting", () -> "RESTING".equals(step("x")));
    assertThat(calls).hasValue(13);
  }

  @Test
  void startsCountingAttemptsAnewWithEachStep() {
    AtomicInteger calls = new AtomicInteger();
    process.effect =
        toy ->
            calls.incrementAndGet() % 4 != 0
                ? CompletableFuture.failedFuture(new IllegalStateException("no"))
                : CompletableFuture.completedFuture(toy.rounds() < 3 ? new Again() : new Done());
    ProcessEngine engine = started();

    deliver(engine, new Begun("x"));

    Await.until("resting", () -> "RESTING".equals(step("x")));
    assertThat(calls).hasValue(16);
  }

  @Test
  void takesUpWhatItWasRunningWhenItCrashed() {
    process.effect = toy -> new CompletableFuture<>();
    ProcessEngine first = started();
    deliver(first, new Begun("x"));
    Await.until("under way", () -> process.performed("x") == 1);
    first.crash();

    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    engine(settings("a")).start();

    Await.until("goes on", () -> "RESTING".equals(step("x")));
  }

  @Test
  void takesOverFromAnotherNodeOnlyWhenItsLeaseHasEnded() {
    process.effect = toy -> new CompletableFuture<>();
    ProcessEngine first = started();
    deliver(first, new Begun("x"));
    Await.until("under way", () -> process.performed("x") == 1);
    first.crash();

    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    engine(settings("b")).start();
    Await.sleep(Duration.ofMillis(60));
    assertThat(process.performed("x")).isEqualTo(1);

    clock.advance(Duration.ofSeconds(31));
    Await.until("goes on", () -> "RESTING".equals(step("x")));
  }

  @Test
  void dropsTheOutcomeOfAnEffectThatSomebodyElseHasRunMeanwhile() {
    CompletableFuture<Done> late = new CompletableFuture<>();
    process.effect = toy -> late;
    ProcessEngine first = started();
    deliver(first, new Begun("x"));
    Await.until("under way", () -> process.performed("x") == 1);

    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    clock.advance(Duration.ofSeconds(31));
    ProcessEngine second = engine(settings("b"));
    second.start();
    Await.until("resting", () -> "RESTING".equals(step("x")));
    late.complete(new Done());

    Await.until("dropped", () -> first.inFlight() == 0);
    assertThat(step("x")).isEqualTo("RESTING");
  }

  @Test
  void finishesWhatIsUnderWayWhenStoppedAndLeavesTheRest() {
    CompletableFuture<Done> outcome = new CompletableFuture<>();
    process.effect = toy -> outcome;
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"), new Noticed("x", "skip the rest"));
    Await.until("under way", () -> process.performed("x") == 1);

    Thread stopping = Thread.ofVirtual().start(engine::stop);
    Await.sleep(Duration.ofMillis(30));
    outcome.complete(new Done());
    Await.until("stopped", () -> !stopping.isAlive());

    assertThat(step("x")).isEqualTo("FINISHING");
    assertThat(process.performed("x")).isEqualTo(1);
    assertThat(
            database
                .jdbc()
                .queryForObject(
                    "select count(*) from process.instance where lease_owner is null"
                        + " and due_at <= now() + interval '1 second'",
                    Integer.class))
        .isEqualTo(1);
  }

  @Test
  void leavesEventsThatComeWhileItIsStoppedToTheNextStart() {
    ProcessEngine engine = engine(settings("a"));
    deliver(engine, new Begun("x"));
    assertThat(process.performed("x")).isZero();

    engine.start();

    Await.until("resting", () -> "RESTING".equals(step("x")));
  }

  @Test
  void givesPlacesBackWhenABatchIsRolledBack() {
    FailingTransactions transactions = new FailingTransactions(database.transactions());
    ProcessEngine engine = engine(settings("a"), transactions);
    engine.start();
    deliver(engine, new Begun("x"));
    Await.until("resting", () -> "RESTING".equals(step("x")));
    ProcessEventHandler<Toy> handler = handler(engine);

    transactions.failing = Thread.currentThread();
    assertThatThrownBy(() -> handler.handle(batch(new Woken("x"))))
        .isInstanceOf(TransactionSystemException.class);
    transactions.failing = null;
    Await.until("no place taken", () -> engine.inFlight() == 0);
    assertThat(step("x")).isEqualTo("RESTING");
    handler.handle(batch(new Woken("x")));

    Await.until("ended", () -> rows() == 0);
    assertThat(process.performed("x")).isEqualTo(2);
    Await.until("no place taken", () -> engine.inFlight() == 0);
  }

  /** Rolls the transactions of one thread back instead of committing them. */
  private static final class FailingTransactions implements PlatformTransactionManager {

    private final PlatformTransactionManager real;
    private volatile Thread failing;

    FailingTransactions(PlatformTransactionManager real) {
      this.real = real;
    }

    @Override
    public TransactionStatus getTransaction(TransactionDefinition definition) {
      return real.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
      if (Thread.currentThread().equals(failing)) {
        real.rollback(status);
        throw new TransactionSystemException("The commit failed");
      }
      real.commit(status);
    }

    @Override
    public void rollback(TransactionStatus status) {
      real.rollback(status);
    }
  }

  private static EngineSettings young(Duration time) {
    EngineSettings base = settings("a");
    return new EngineSettings(
        base.node(),
        base.maxInFlight(),
        base.attempts(),
        base.firstRetry(),
        base.longestRetry(),
        base.lease(),
        base.effectTimeout(),
        base.poll(),
        base.stopTimeout(),
        time);
  }

  /** An engine whose instances stay young for the test, and that gives leases by now. */
  private ProcessEngine startedYoung() {
    return startedYoung(young(Duration.ofSeconds(20)));
  }

  private ProcessEngine startedYoung(EngineSettings settings) {
    ProcessEngine engine = engine(settings);
    engine.start();
    awaitLeases(engine);
    return engine;
  }

  private void awaitLeases(ProcessEngine engine) {
    Await.until("leases are given", () -> engine.tryReserve(engine.runtime(process), 1) == 1);
    engine.release(engine.runtime(process), 1);
  }

  private ProcessEventHandler<Toy> fresh(ProcessEngine engine) {
    ProcessEventHandler<Toy> handler = new ProcessEventHandler<>(engine, process, batch -> {});
    handler.begin(0, () -> {});
    return handler;
  }

  private void checkpoint(ProcessEventHandler<Toy> handler, Runnable within) {
    new TransactionTemplate(database.transactions())
        .executeWithoutResult(
            status -> {
              handler.checkpoint(true);
              within.run();
            });
    handler.committed();
  }

  private static String youngStep(ProcessEventHandler<Toy> handler, String id) {
    return EngineTestAccess.youngStep(handler, id);
  }

  @Test
  void livesInMemoryOnlyWhileItIsYoung() {
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);

    deliver(handler, new Begun("x"), new Begun("y"));
    Await.until("resting", () -> "RESTING".equals(youngStep(handler, "y")));
    assertThat(handler.wantsCheckpoint()).isFalse();
    deliver(handler, new Woken("x"));
    Await.until("ended", () -> ended() == 1);

    assertThat(rows()).isZero();
    assertThat(EngineTestAccess.young(handler)).isEqualTo(1);
    Await.until("no place taken", () -> engine.inFlight() == 0);
  }

  @Test
  void keepsThePositionBeforeTheFirstEventThatIsInMemoryOnly() {
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);

    handler.handle(batch(new Noticed("nobody", "")));
    assertThat(handler.durableUpTo(1)).isEqualTo(1);
    deliver(handler, new Woken("nobody"), new Begun("x"), new Begun("y"));
    Await.until("resting", () -> "RESTING".equals(youngStep(handler, "x")));
    Await.until("resting", () -> "RESTING".equals(youngStep(handler, "y")));
    assertThat(handler.durableUpTo(7)).isEqualTo(1);

    deliver(handler, new Woken("x"));
    Await.until("ended", () -> ended() == 1);
    Await.until("y is the first", () -> !handler.wantsCheckpoint() && handler.durableUpTo(7) == 2);

    checkpoint(handler, () -> {});
    assertThat(handler.durableUpTo(7)).isEqualTo(7);
    assertThat(step("y")).isEqualTo("RESTING");
  }

  @Test
  void becomesARowWhenItGrowsOld() {
    ProcessEngine engine = startedYoung(young(Duration.ofMillis(150)));
    ProcessEventHandler<Toy> handler = fresh(engine);
    CompletableFuture<Done> outcome = new CompletableFuture<>();
    process.effect = toy -> outcome;
    deliver(handler, new Begun("x"));

    Await.until("old", handler::wantsCheckpoint);
    checkpoint(handler, () -> {});
    assertThat(step("x")).isEqualTo("WORKING");
    assertThat(youngStep(handler, "x")).isNull();
    deliver(handler, new Noticed("x", "skip the rest"));
    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    outcome.complete(new Done());

    Await.until("ended", () -> ended() == 1);
    Await.until("no row", () -> rows() == 0);
    assertThat(process.performed("x")).isEqualTo(2);
    Await.until("no place taken", () -> engine.inFlight() == 0);
  }

  @Test
  void becomesARowWhenItsEffectFails() {
    process.effect = toy -> CompletableFuture.failedFuture(new IllegalStateException("no"));
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);
    handler.handle(batch(new Begun("x")));

    Await.until("wants a row", handler::wantsCheckpoint);
    process.effect = toy -> CompletableFuture.completedFuture(new Done());
    checkpoint(handler, () -> {});

    Await.until("tried again", () -> "RESTING".equals(step("x")));
    assertThat(process.performed("x")).isEqualTo(2);
  }

  @Test
  void waitsWithAnOutcomeUntilItsRowIsWritten() {
    CompletableFuture<Done> outcome = new CompletableFuture<>();
    process.effect = toy -> outcome;
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);
    handler.handle(batch(new Begun("x")));
    Await.until("under way", () -> process.performed("x") == 1);

    checkpoint(
        handler,
        () -> {
          outcome.complete(new Done());
          Await.sleep(Duration.ofMillis(50));
          assertThat(youngStep(handler, "x")).isEqualTo("WORKING");
        });

    Await.until("resting", () -> "RESTING".equals(step("x")));
    Await.until("no place taken", () -> engine.inFlight() == 0);
  }

  @Test
  void writesTheSameAgainWhenACheckpointWasRolledBack() {
    CompletableFuture<Done> outcome = new CompletableFuture<>();
    process.effect = toy -> outcome;
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);
    handler.handle(batch(new Begun("x")));
    Await.until("under way", () -> process.performed("x") == 1);

    new TransactionTemplate(database.transactions())
        .executeWithoutResult(
            status -> {
              handler.checkpoint(true);
              status.setRollbackOnly();
            });
    outcome.complete(new Done());
    assertThat(rows()).isZero();
    assertThat(handler.durableUpTo(1)).isZero();

    checkpoint(handler, () -> {});
    Await.until("resting", () -> "RESTING".equals(step("x")));
    assertThat(handler.durableUpTo(1)).isEqualTo(1);
  }

  /** The node heard nothing of the commit, and does it again. */
  @Test
  void overwritesARowOfItsOwnThatItDoesNotKnowOf() {
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);
    handler.handle(batch(new Begun("x")));
    Await.until("resting", () -> "RESTING".equals(youngStep(handler, "x")));

    for (int round = 0; round < 2; round++) {
      new TransactionTemplate(database.transactions())
          .executeWithoutResult(status -> handler.checkpoint(true));
    }
    handler.committed();

    assertThat(rows()).isEqualTo(1);
    deliver(handler, new Woken("x"));
    Await.until("ended", () -> rows() == 0);
  }

  @Test
  void forgetsWhatIsYoungWhenAnotherNodeTakesOver() {
    CompletableFuture<Done> outcome = new CompletableFuture<>();
    process.effect = toy -> outcome;
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> handler = fresh(engine);
    handler.handle(batch(new Begun("x")));
    Await.until("under way", () -> process.performed("x") == 1);

    handler.lost();
    outcome.complete(new Done());

    Await.until("no place taken", () -> engine.inFlight() == 0);
    assertThat(rows()).isZero();
    assertThat(EngineTestAccess.young(handler)).isZero();
  }

  /** The end of the first life was not written, so the events of a row come again as well. */
  @Test
  void tellsARowWhatComesAgainAndBeginsNoSecondInstance() {
    ProcessEngine engine = startedYoung();
    ProcessEventHandler<Toy> first = fresh(engine);
    first.handle(batch(new Begun("x")));
    Await.until("resting", () -> "RESTING".equals(youngStep(first, "x")));
    checkpoint(first, () -> {});

    ProcessEventHandler<Toy> second = handler(engine);
    second.handle(batch(new Begun("x")));
    assertThat(EngineTestAccess.young(second)).isZero();
    second.handle(batch(new Woken("x")));

    Await.until("ended", () -> rows() == 0);
    assertThat(process.performed("x")).isEqualTo(2);
  }

  @Test
  void leavesToTheTableWhatFindsNoPlace() {
    process.effect = toy -> new CompletableFuture<>();
    ProcessEngine engine = startedYoung(young(Duration.ofSeconds(20)).withMaxInFlight(2));
    ProcessEventHandler<Toy> handler = fresh(engine);

    deliver(handler, new Begun("x"), new Begun("y"), new Begun("z"));

    // The engine takes places for a moment as well, when it looks for due rows.
    assertThat(EngineTestAccess.young(handler)).isLessThanOrEqualTo(2);
    assertThat(rows() + EngineTestAccess.young(handler)).isEqualTo(3);
    assertThat(step("z")).isEqualTo("WORKING");
  }

  @Test
  void parksAStateThatCannotBeReadAndGoesOnWithTheOthers() {
    ProcessEngine engine = engine(settings("a"));
    deliver(engine, new Begun("x"), new Begun("y"));
    database.jdbc().update("update process.instance set data = '[' where id = 'x'");

    engine.start();

    Await.until("the other goes on", () -> "RESTING".equals(step("y")));
    ParkedProcesses parked = new ParkedProcesses(engine);
    Await.until("parked", () -> parked.list(null, 10).size() == 1);
    assertThat(parked.list(null, 10).getFirst().reason()).isEqualTo("unreadable-state");
  }

  @Test
  void showsParkedInstancesPageByPageOldestFirst() {
    process.effect = toy -> CompletableFuture.failedFuture(new StuckException("hopeless"));
    ProcessEngine engine = started();
    ParkedProcesses parked = new ParkedProcesses(engine);
    for (int at = 0; at < 5; at++) {
      int expected = at + 1;
      deliver(engine, new Begun("x" + at));
      Await.until("parked", () -> parked.list(null, 10).size() == expected);
    }

    List<Parked> first = parked.list(null, 2);
    List<Parked> second = parked.list(first.getLast(), 2);
    List<Parked> third = parked.list(second.getLast(), 2);

    assertThat(first).extracting(Parked::instance).containsExactly("x0", "x1");
    assertThat(second).extracting(Parked::instance).containsExactly("x2", "x3");
    assertThat(third).extracting(Parked::instance).containsExactly("x4");
  }

  @Test
  void knowsParkedInstancesOnly() {
    ProcessEngine engine = started();
    deliver(engine, new Begun("x"));
    Await.until("resting", () -> "RESTING".equals(step("x")));
    ParkedProcesses parked = new ParkedProcesses(engine);

    for (String id : List.of("toy:x", "toy:nobody", "nothing:x", "toy", ":x", "toy:")) {
      assertThatThrownBy(() -> parked.retry(id))
          .as(id)
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code()).isEqualTo(ErrorCode.NOT_FOUND));
      assertThatThrownBy(() -> parked.abandon(id)).as(id).isInstanceOf(Problem.class);
    }
  }

  @Test
  void waitsLongerWithEachAttemptAndNeverAlike() {
    Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(60), new Random(1));

    for (int attempt = 1; attempt <= 40; attempt++) {
      long full = Math.min(60_000, 500L << Math.min(attempt - 1, 20));
      assertThat(backoff.after(attempt).toMillis()).isBetween(full / 2, full);
    }
    assertThat(IntStream.range(0, 20).mapToObj(at -> backoff.after(9)).distinct().count())
        .isGreaterThan(15);
  }
}
