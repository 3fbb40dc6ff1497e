package dev.lastunit.process.engine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.operations.api.OperatorCommand.RequestAbandonment;
import dev.lastunit.operations.api.OperatorCommand.RequestRetry;
import dev.lastunit.operations.api.ParkedId;
import dev.lastunit.process.engine.Backoff;
import dev.lastunit.process.engine.EngineSettings;
import dev.lastunit.process.engine.ParkedProcesses;
import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.engine.ParkedThings;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.web.ParkedController.Page;
import dev.lastunit.process.operator.KeptDecisions;
import dev.lastunit.process.operator.OperatorDecisions;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import reactor.core.publisher.Mono;

class ParkedControllerTest {

  private static final Caller OPERATOR =
      new Caller(new CustomerId("olga"), Set.of(Caller.OPERATOR));
  private static final Caller CUSTOMER =
      new Caller(new CustomerId("carl"), Set.of(Caller.CUSTOMER));

  private static TestDatabase database;
  private static ParkedController controller;
  private static ParkedProcesses processes;
  private static final KeptDecisions DECISIONS = new KeptDecisions();

  @BeforeAll
  static void park() {
    database = new TestDatabase();
    EngineSettings settings = EngineSettings.defaults("test");
    ProcessEngine engine =
        new ProcessEngine(
            database.jdbc(),
            database.transactions(),
            settings,
            Clock.systemUTC(),
            new Backoff(settings.firstRetry(), settings.longestRetry(), new Random(1)),
            new SimpleMeterRegistry(),
            List.of());
    processes = new ParkedProcesses(engine);
    controller = new ParkedController(List.of(processes), new OperatorDecisions(DECISIONS));
    for (int at = 0; at < 5; at++) {
      database
          .jdbc()
          .update(
              "insert into process.instance (process, id, state, data, attempt, version,"
                  + " parked_reason, parked_at, last_error, history, created_at, updated_at)"
                  + " values ('order', ?, 'PAYING', '{}', 10, 1, 'attempts-exhausted',"
                  + " timestamptz '2026-11-23 19:00:00.123456Z' + ? * interval '1 microsecond',"
                  + " 'lost', E'one\ntwo', now(), now())",
              "ord:" + at,
              at / 2);
    }
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static <T> ResponseEntity<T> get(Mono<ResponseEntity<T>> answer) {
    return answer.block(Duration.ofSeconds(20));
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));
  }

  @Test
  void showsEachOncePageByPage() {
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      ResponseEntity<Page> answer = get(controller.list(OPERATOR, 2, cursor));
      Page page = answer.getBody();
      seen.addAll(page.items().stream().map(Parked::id).toList());
      cursor = page.next();
      assertThat(answer.getHeaders().containsHeader("Link")).isEqualTo(cursor != null);
    } while (cursor != null);

    assertThat(seen)
        .containsExactly("order:ord:0", "order:ord:1", "order:ord:2", "order:ord:3", "order:ord:4");
  }

  @Test
  void tellsWhatAPersonNeeds() {
    Parked parked = get(controller.list(OPERATOR, 1, null)).getBody().items().getFirst();

    assertThat(parked.process()).isEqualTo("order");
    assertThat(parked.instance()).isEqualTo("ord:0");
    assertThat(parked.state()).isEqualTo("PAYING");
    assertThat(parked.reason()).isEqualTo("attempts-exhausted");
    assertThat(parked.error()).isEqualTo("lost");
    assertThat(parked.attempts()).isEqualTo(10);
    assertThat(parked.history()).containsExactly("one", "two");
  }

  @Test
  void isForOperatorsOnly() {
    assertRefused(ErrorCode.FORBIDDEN, () -> get(controller.list(CUSTOMER, 20, null)));
    assertRefused(ErrorCode.FORBIDDEN, () -> get(controller.retry(CUSTOMER, "order:ord:0")));
    assertRefused(ErrorCode.FORBIDDEN, () -> get(controller.abandon(CUSTOMER, "order:ord:0")));
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    assertRefused(ErrorCode.INVALID_FIELD, () -> get(controller.list(OPERATOR, 0, null)));
    assertRefused(ErrorCode.INVALID_FIELD, () -> get(controller.list(OPERATOR, 101, null)));
    for (String cursor : List.of("", "!", "AAAA", "MjAyNg")) {
      assertRefused(ErrorCode.INVALID_FIELD, () -> get(controller.list(OPERATOR, 20, cursor)));
    }
    assertRefused(ErrorCode.NOT_FOUND, () -> get(controller.retry(OPERATOR, "nothing")));
  }

  /** One thing of another kind, parked between the processes. */
  private static final class Others implements ParkedThings {

    private static final Parked ONE =
        new Parked(
            "difference:ord-x",
            "difference",
            "ord-x",
            "amount-differs",
            "needs-a-decision",
            null,
            0,
            Instant.parse("2026-11-23T19:00:00.123456Z"),
            List.of());

    private final List<String> done = new ArrayList<>();

    @Override
    public boolean has(String process) {
      return process.equals("difference");
    }

    @Override
    public List<Parked> list(Parked after, int limit) {
      boolean passed =
          after != null
              && (after.parkedAt().isAfter(ONE.parkedAt())
                  || after.parkedAt().equals(ONE.parkedAt())
                      && after.process().compareTo(ONE.process()) >= 0);
      return passed ? List.of() : List.of(ONE);
    }

    @Override
    public Parked find(String id) {
      if (!id.equals(ONE.id())) {
        throw Problem.notFound("parked difference");
      }
      return ONE;
    }

    @Override
    public Parked retry(String id) {
      done.add("retry " + id);
      return ONE;
    }

    @Override
    public boolean abandon(String id) {
      done.add("abandon " + id);
      return true;
    }
  }

  @Test
  void showsThingsOfAllKindsInOneOrder() {
    ParkedController both =
        new ParkedController(List.of(processes, new Others()), new OperatorDecisions(DECISIONS));
    for (int limit = 1; limit <= 6; limit++) {
      List<String> seen = new ArrayList<>();
      String cursor = null;
      do {
        Page page = get(both.list(OPERATOR, limit, cursor)).getBody();
        seen.addAll(page.items().stream().map(Parked::id).toList());
        cursor = page.next();
      } while (cursor != null);
      assertThat(seen)
          .containsExactly(
              "difference:ord-x",
              "order:ord:0",
              "order:ord:1",
              "order:ord:2",
              "order:ord:3",
              "order:ord:4");
    }
  }

  @Test
  void recordsWhoDecidedBeforeItIsDone() {
    Others others = new Others();
    ParkedController both =
        new ParkedController(List.of(processes, others), new OperatorDecisions(DECISIONS));
    ParkedId parked = new ParkedId("difference:ord-x");
    int before = DECISIONS.kept().size();

    var retried = get(both.retry(OPERATOR, parked.value()));
    var abandoned = get(both.abandon(OPERATOR, parked.value()));

    assertThat(retried.getHeaders().getFirst("Event-Position")).isNotNull();
    assertThat(abandoned.getBody().outcome()).isEqualTo("compensating");
    assertThat(DECISIONS.kept().subList(before, before + 2))
        .containsExactly(
            new RequestRetry(
                parked, new CommandId("retry-2026-11-23T19:00:00.123456Z"), new CustomerId("olga")),
            new RequestAbandonment(
                parked,
                new CommandId("abandon-2026-11-23T19:00:00.123456Z"),
                new CustomerId("olga")));
    assertThat(others.done).containsExactly("retry difference:ord-x", "abandon difference:ord-x");
  }

  @Test
  void doesNothingThatCouldNotBeRecorded() {
    Others others = new Others();
    ParkedController both = new ParkedController(List.of(others), new OperatorDecisions(DECISIONS));
    DECISIONS.lose(true);
    try {
      assertThatThrownBy(() -> get(both.retry(OPERATOR, "difference:ord-x")))
          .hasMessageContaining("Lost on the way in");
    } finally {
      DECISIONS.lose(false);
    }
    assertThat(others.done).isEmpty();
    assertRefused(ErrorCode.NOT_FOUND, () -> get(both.retry(OPERATOR, "difference:ord-y")));
  }
}
