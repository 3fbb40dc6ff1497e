package dev.lastunit.process.engine.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.process.engine.Backoff;
import dev.lastunit.process.engine.EngineSettings;
import dev.lastunit.process.engine.ParkedProcesses;
import dev.lastunit.process.engine.ParkedProcesses.Parked;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.web.ParkedController.Page;
import dev.lastunit.process.testing.TestDatabase;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
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
    controller = new ParkedController(new ParkedProcesses(engine));
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
}
