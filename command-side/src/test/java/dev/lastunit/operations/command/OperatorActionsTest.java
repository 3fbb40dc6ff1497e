package dev.lastunit.operations.command;

import dev.lastunit.operations.api.OperatorCommand.RequestAbandonment;
import dev.lastunit.operations.api.OperatorCommand.RequestReconciliation;
import dev.lastunit.operations.api.OperatorCommand.RequestRetry;
import dev.lastunit.operations.api.OperatorEvent.ParkedAbandonmentRequested;
import dev.lastunit.operations.api.OperatorEvent.ParkedRetryRequested;
import dev.lastunit.operations.api.OperatorEvent.ReconciliationRequested;
import dev.lastunit.operations.api.ParkedId;
import dev.lastunit.operations.api.ReconciliationId;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Result;
import java.time.Instant;
import java.util.stream.IntStream;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A decision of an operator is recorded once. */
class OperatorActionsTest {

  private static final ParkedId PARKED = new ParkedId("order:ord-1");
  private static final CustomerId OLGA = new CustomerId("olga");
  private static final Instant FROM = Instant.parse("2026-11-23T19:00:00Z");
  private static final ReconciliationId RUN = new ReconciliationId("run-1");

  private AggregateTestFixture<OperatorActions> fixture;

  @BeforeEach
  void setUp() {
    fixture = new AggregateTestFixture<>(OperatorActions.class);
  }

  private static CommandId decision(int number) {
    return new CommandId("decision-" + number);
  }

  private static ParkedRetryRequested retried(int number) {
    return new ParkedRetryRequested(PARKED, decision(number), OLGA);
  }

  @Test
  void aRetryIsRecordedWithItsAuthor() {
    fixture
        .givenNoPriorActivity()
        .when(new RequestRetry(PARKED, decision(1), OLGA))
        .expectEvents(retried(1))
        .expectResultMessagePayload(Result.accepted(null));
  }

  @Test
  void itsRepeatIsNot() {
    fixture
        .given(retried(1))
        .when(new RequestRetry(PARKED, decision(1), OLGA))
        .expectNoEvents()
        .expectResultMessagePayload(Result.repeated(null));
  }

  @Test
  void anotherDecisionAboutTheSameThingIs() {
    fixture
        .given(retried(1))
        .when(new RequestAbandonment(PARKED, decision(2), new CustomerId("otto")))
        .expectEvents(new ParkedAbandonmentRequested(PARKED, decision(2), new CustomerId("otto")));
  }

  @Test
  void remembersTheLatest() {
    Object[] all =
        IntStream.rangeClosed(1, OperatorActions.REMEMBERED)
            .mapToObj(OperatorActionsTest::retried)
            .toArray();
    fixture.given(all).when(new RequestRetry(PARKED, decision(1), OLGA)).expectNoEvents();

    setUp();
    fixture
        .given(all)
        .andGiven(retried(OperatorActions.REMEMBERED + 1))
        .when(new RequestRetry(PARKED, decision(1), OLGA))
        .expectEvents(retried(1));
  }

  @Test
  void aReconciliationIsRequestedOnce() {
    var command = new RequestReconciliation(RUN, FROM, FROM.plusSeconds(60), OLGA);
    var event = new ReconciliationRequested(RUN, FROM, FROM.plusSeconds(60), OLGA);

    fixture.givenNoPriorActivity().when(command).expectEvents(event);
    setUp();
    fixture.given(event).when(command).expectNoEvents();
  }
}
