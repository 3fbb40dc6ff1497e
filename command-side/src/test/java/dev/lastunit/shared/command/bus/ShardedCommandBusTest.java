package dev.lastunit.shared.command.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.command.bus.Ledger.Behaviour;
import dev.lastunit.shared.command.bus.Ledger.Note;
import dev.lastunit.shared.command.bus.Ledger.Read;
import dev.lastunit.shared.command.bus.Ledger.Write;
import dev.lastunit.shared.command.bus.TestStore.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules of {@link ShardedCommandBus}, one by one, over a store that breaks as asked. */
@Timeout(30)
class ShardedCommandBusTest {

  private final TestBus bus = new TestBus(1_000, 100);

  @AfterEach
  void stop() {
    bus.close();
  }

  private CompletableFuture<Reply<List<String>>> write(
      String stream, String entry, Behaviour behaviour) {
    return bus.send(new Write(stream, entry, behaviour));
  }

  private static List<String> entries(CompletableFuture<Reply<List<String>>> future) {
    return future
        .join()
        .result()
        .fold(
            Result.Accepted::value,
            refused -> {
              throw new AssertionError(refused);
            });
  }

  private static Throwable failure(CompletableFuture<?> future) throws InterruptedException {
    try {
      throw new AssertionError(future.get(20, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("Never answered", e);
    }
  }

  @Test
  void commitsWhatWaitedTogetherAndTellsEachItsOwnPosition() {
    CountDownLatch held = bus.hold();
    var first = write("a", "1", Behaviour.RECORD);
    var second = write("b", "2", Behaviour.RECORD_TWICE);
    var third = write("a", "3", Behaviour.LOOK);
    var fourth = write("a", "4", Behaviour.RECORD);
    held.countDown();

    assertThat(first.join().position()).isEqualTo(1);
    assertThat(second.join().position()).isEqualTo(3);
    assertThat(third.join().position()).isEqualTo(TestBus.NO_POSITION);
    assertThat(entries(third)).containsExactly("1");
    assertThat(fourth.join().position()).isEqualTo(4);
    assertThat(bus.store.commits).hasValue(2);
    assertThat(bus.store.written("a")).containsExactly("1", "4");
  }

  @Test
  void answersALoneCommandWithoutWaiting() {
    assertThat(entries(write("a", "1", Behaviour.RECORD))).containsExactly("1");
    assertThat(entries(write("a", "2", Behaviour.RECORD))).containsExactly("1", "2");
    assertThat(bus.store.commits).hasValue(2);
  }

  @Test
  void answersAfterTheCommitAlsoWhatRecordedNothing() {
    CountDownLatch held = bus.hold();
    List<Integer> storedAtReply = Collections.synchronizedList(new ArrayList<>());
    for (Behaviour behaviour :
        List.of(Behaviour.RECORD, Behaviour.LOOK, Behaviour.REFUSE, Behaviour.THROW)) {
      write("a", behaviour.name(), behaviour)
          .whenComplete((reply, failure) -> storedAtReply.add(bus.store.written("a").size()));
    }
    held.countDown();
    bus.bus.stop(5_000);

    assertThat(storedAtReply).containsExactly(1, 1, 1, 1);
  }

  @Test
  void letsARefusalHarmNobody() {
    CountDownLatch held = bus.hold();
    var before = write("a", "1", Behaviour.RECORD);
    var refused = write("a", "2", Behaviour.REFUSE);
    var after = write("a", "3", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(before)).containsExactly("1");
    assertThat(refused.join().result()).isInstanceOf(Result.Refused.class);
    assertThat(entries(after)).containsExactly("1", "3");
    assertThat(bus.store.commits).hasValue(2);
  }

  @Test
  void rollsBackACommandThatThrowsAloneAndKeepsItsStreamForTheNextBatch() throws Exception {
    CountDownLatch held = bus.hold();
    var before = write("a", "1", Behaviour.RECORD);
    var thrown = write("a", "2", Behaviour.RECORD_AND_THROW);
    var after = write("a", "3", Behaviour.RECORD);
    var elsewhere = write("b", "4", Behaviour.RECORD);
    var last = write("a", "5", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(before)).containsExactly("1");
    assertThat(failure(thrown)).hasMessage("2");
    assertThat(entries(after)).containsExactly("1", "3");
    assertThat(entries(last)).containsExactly("1", "3", "5");
    assertThat(bus.store.written("a")).containsExactly("1", "3", "5");
    assertThat(before.join().position()).isEqualTo(1);
    assertThat(elsewhere.join().position()).isEqualTo(2);
    assertThat(after.join().position()).isEqualTo(3);
    assertThat(bus.store.commits).hasValue(3);
  }

  @Test
  void needsNoFurtherBatchWhenNothingWasRecordedBeforeAFailure() throws Exception {
    entries(write("a", "0", Behaviour.RECORD));
    CountDownLatch held = bus.hold();
    var thrown = write("a", "1", Behaviour.RECORD_AND_THROW);
    var after = write("a", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(failure(thrown)).hasMessage("1");
    assertThat(entries(after)).containsExactly("0", "2");
    assertThat(bus.store.commits).hasValue(3);
  }

  @Test
  void refusesWhatIsNotThereAndFindsItOnceItIs() {
    CountDownLatch held = bus.hold();
    var missing = bus.send(new Read("a"));
    var refused = write("a", "1", Behaviour.REFUSE);
    var stillMissing = bus.send(new Read("a"));
    var written = write("a", "2", Behaviour.RECORD);
    var present = bus.send(new Read("a"));
    held.countDown();

    assertThat(List.of(missing, stillMissing))
        .allSatisfy(
            future ->
                assertThat(future.join().result())
                    .isInstanceOfSatisfying(
                        Result.Refused.class,
                        r -> assertThat(r.code()).isEqualTo(ErrorCode.NOT_FOUND)));
    assertThat(refused.join().result()).isInstanceOf(Result.Refused.class);
    assertThat(entries(written)).containsExactly("2");
    assertThat(entries(present)).containsExactly("2");
    assertThat(bus.store.commits).hasValue(2);
  }

  @Test
  void readsTheStreamsOfABatchTogetherThatAreNotInMemory() {
    entries(write("kept", "0", Behaviour.RECORD));
    CountDownLatch held = bus.hold();
    bus.store.reads.clear();
    var kept = write("kept", "1", Behaviour.RECORD);
    write("a", "2", Behaviour.RECORD);
    write("long", "3", Behaviour.RECORD);
    write("b", "4", Behaviour.RECORD);
    var last = write("a", "5", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(last)).containsExactly("2", "5");
    assertThat(entries(kept)).containsExactly("0", "1");
    assertThat(bus.store.reads).containsExactly(List.of("a", "long", "b"));
    assertThat(bus.store.singleReads).as("long streams").hasValue(1);
  }

  @Test
  void readsManyStreamsInSeveralParts() {
    CountDownLatch held = bus.hold();
    bus.store.reads.clear();
    List<CompletableFuture<Reply<List<String>>>> sent = new ArrayList<>();
    for (int i = 0; i < Shard.READ_AHEAD + 10; i++) {
      sent.add(write("s" + i, "1", Behaviour.RECORD));
    }
    held.countDown();

    sent.forEach(CompletableFuture::join);
    assertThat(bus.store.reads).extracting(List::size).containsExactly(Shard.READ_AHEAD, 10);
  }

  @Test
  void keepsNothingLongerThanABatchForCommandsAfterWhichNoMoreIsExpected() {
    write("hot", "1", Behaviour.RECORD).join();
    bus.send(new Note("hot", "2")).join();
    bus.send(new Note("passing", "3")).join();
    bus.send(new Note("passing", "4")).join();
    bus.send(new Note("other", "5")).join();
    bus.store.reads.clear();

    assertThat(entries(bus.send(new Read("hot")))).containsExactly("1", "2");
    assertThat(bus.store.reads).as("somebody had asked for it").isEmpty();
    assertThat(entries(bus.send(new Read("passing")))).containsExactly("3", "4");
    assertThat(bus.store.reads).containsExactly(List.of("passing"));
    assertThat(entries(bus.send(new Read("passing")))).containsExactly("3", "4");
    assertThat(bus.store.reads).as("now it is expected to be asked for").hasSize(1);
  }

  @Test
  void keepsWhatPassesIntoTheNextBatch() {
    bus.send(new Note("passing", "1")).join();
    bus.store.reads.clear();

    bus.send(new Note("passing", "2")).join();

    assertThat(bus.store.reads).isEmpty();
    assertThat(bus.store.written("passing")).containsExactly("1", "2");
  }

  @Test
  void readsAgainWhatWasOvertaken() {
    entries(write("busy-before", "0", Behaviour.RECORD));
    CountDownLatch held = bus.hold();
    bus.store.reads.clear();
    bus.store.plan(List.of(Fault.OVERTAKEN));
    var first = write("a", "1", Behaviour.RECORD);
    var second = write("a", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(first)).containsExactly("other-1", "1");
    assertThat(entries(second)).containsExactly("other-1", "1", "2");
    assertThat(bus.store.reads).containsExactly(List.of("a"), List.of("a"));
  }

  @Test
  void readsAgainAfterACommandHasFailed() {
    CountDownLatch held = bus.hold();
    bus.store.reads.clear();
    var failed = write("a", "1", Behaviour.RECORD_AND_THROW);
    var other = write("b", "2", Behaviour.RECORD);
    var next = write("a", "3", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(next)).containsExactly("3");
    assertThat(entries(other)).containsExactly("2");
    assertThat(failed).isCompletedExceptionally();
    assertThat(bus.store.reads).containsExactly(List.of("a", "b"), List.of("a"));
  }

  @Test
  void runsABatchAgainWhoseStreamsCouldNotBeRead() throws Exception {
    CountDownLatch held = bus.hold();
    bus.store.plan(List.of(Fault.NO_READ));
    var first = write("a", "1", Behaviour.RECORD);
    var second = write("b", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(first)).containsExactly("1");
    assertThat(entries(second)).containsExactly("2");
    bus.store.plan(List.of(Fault.NO_READ, Fault.NO_READ));
    assertThat(failure(write("c", "3", Behaviour.RECORD)))
        .hasMessage("The streams could not be read");
  }

  @Test
  void runsABatchAgainThatWasOvertaken() {
    entries(write("a", "0", Behaviour.RECORD));
    CountDownLatch held = bus.hold();
    bus.store.plan(List.of(Fault.OVERTAKEN));
    var first = write("a", "1", Behaviour.RECORD);
    var second = write("b", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(first)).containsExactly("0", "other-1", "1");
    assertThat(entries(second)).last().isEqualTo("2");
  }

  @Test
  void getsThroughHoweverOftenItIsOvertaken() {
    bus.store.plan(Collections.nCopies(4, Fault.OVERTAKEN));

    assertThat(entries(write("a", "1", Behaviour.RECORD))).hasSize(5).endsWith("1");
  }

  @Test
  void runsABatchAgainWhoseCommitDidNotTakePlace() {
    CountDownLatch held = bus.hold();
    bus.store.plan(List.of(Fault.NONE, Fault.LOST_BEFORE_COMMIT));
    var first = write("a", "1", Behaviour.RECORD);
    var second = write("a", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(second)).containsExactly("1", "2");
    assertThat(first.join().position()).isEqualTo(1);
    assertThat(bus.store.written("a")).containsExactly("1", "2");
  }

  @Test
  void doesNotRunABatchAgainWhoseCommitTookPlace() {
    CountDownLatch held = bus.hold();
    bus.store.plan(List.of(Fault.NONE, Fault.LOST_AFTER_COMMIT));
    var first = write("a", "1", Behaviour.RECORD);
    var second = write("a", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(first.join().position()).isEqualTo(1);
    assertThat(second.join().position()).isEqualTo(2);
    assertThat(entries(write("a", "3", Behaviour.RECORD))).containsExactly("1", "2", "3");
  }

  @Test
  void saysThatTheOutcomeIsUnknownWhenTheStoreDoesNotSay() throws Exception {
    bus.store.plan(List.of(Fault.GONE_AFTER_COMMIT));
    var lost = write("a", "1", Behaviour.RECORD);

    assertThat(failure(lost))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
    assertThat(failure(write("a", "2", Behaviour.RECORD))).hasMessage("unreachable");
    bus.store.unreachable = false;
    assertThat(entries(write("a", "3", Behaviour.RECORD))).containsExactly("1", "3");
  }

  @Test
  void triesALoneCommandOnceMoreWhenThereIsNoConnection() throws Exception {
    bus.store.plan(List.of(Fault.NO_START));
    assertThat(entries(write("a", "1", Behaviour.RECORD))).containsExactly("1");

    bus.store.plan(List.of(Fault.NO_START, Fault.NO_START));
    assertThat(failure(write("a", "2", Behaviour.RECORD))).hasMessage("no connection");
    assertThat(entries(write("a", "3", Behaviour.RECORD))).containsExactly("1", "3");
  }

  @Test
  void failsOnlyTheCommandThatCannotBeStored() throws Exception {
    CountDownLatch held = bus.hold();
    List<CompletableFuture<Reply<List<String>>>> good = new ArrayList<>();
    good.add(write("a", "1", Behaviour.RECORD));
    good.add(write("b", "2", Behaviour.RECORD));
    var poison = write("a", "3", Behaviour.RECORD_POISON);
    good.add(write("a", "4", Behaviour.RECORD));
    good.add(write("c", "5", Behaviour.RECORD));
    held.countDown();

    assertThat(failure(poison)).hasMessage("The store cannot take this");
    assertThat(entries(good.get(2))).containsExactly("1", "4");
    assertThat(good.stream().map(f -> f.join().position())).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void refusesWhatFindsNoRoom() throws Exception {
    try (TestBus small = new TestBus(2, 10)) {
      CountDownLatch held = small.hold();
      var first = small.send(new Write("a", "1", Behaviour.RECORD));
      var second = small.send(new Write("a", "2", Behaviour.RECORD));
      var third = small.send(new Write("a", "3", Behaviour.RECORD));

      assertThat(third).isCompletedExceptionally();
      assertThat(failure(third))
          .isInstanceOfSatisfying(
              Problem.class, p -> assertThat(p.code()).isEqualTo(ErrorCode.OVERLOADED));
      held.countDown();
      assertThat(entries(first)).containsExactly("1");
      assertThat(entries(second)).containsExactly("1", "2");
    }
  }

  @Test
  void handlesWhatWaitsBeforeItStops() throws Exception {
    CountDownLatch held = bus.hold();
    var waiting = write("a", "1", Behaviour.RECORD);
    Thread stopper = Thread.startVirtualThread(() -> bus.bus.stop(10_000));
    CompletableFuture<Reply<List<String>>> late;
    do {
      late = write("b", "late", Behaviour.LOOK);
    } while (!late.isCompletedExceptionally());
    held.countDown();
    stopper.join();

    assertThat(entries(waiting)).containsExactly("1");
    assertThat(failure(late)).isInstanceOf(Problem.class);
  }

  @Test
  void answersEverybodyWhenTimeIsUp() throws Exception {
    CountDownLatch held = bus.hold();
    AtomicInteger answers = new AtomicInteger();
    List<CompletableFuture<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(
          write("a", "" + i, Behaviour.RECORD)
              .whenComplete((reply, failure) -> answers.incrementAndGet()));
    }
    bus.bus.stop(20);

    for (CompletableFuture<?> future : waiting) {
      assertThat(failure(future))
          .isInstanceOfSatisfying(
              Problem.class, p -> assertThat(p.code()).isEqualTo(ErrorCode.OVERLOADED));
    }
    held.countDown();
    bus.bus.stop(5_000);
    assertThat(answers).hasValue(100);
    assertThat(bus.store.written()).isEmpty();
  }

  @Test
  void keepsAnswersApartWhenAReceiverThrows() {
    CountDownLatch held = bus.hold();
    bus.bus.dispatch(
        new GenericCommandMessage<>(new Write("a", "1", Behaviour.RECORD)),
        (message, result) -> {
          throw new IllegalStateException("The receiver of this test throws");
        });
    var next = write("a", "2", Behaviour.RECORD);
    held.countDown();

    assertThat(entries(next)).containsExactly("1", "2");
  }

  @Test
  void givesEachCommandAUnitOfWorkOfItsOwnAndItsMetadataToItsEvents() {
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    bus.bus.registerHandlerInterceptor(
        (unitOfWork, chain) -> {
          seen.add(unitOfWork.getMessage().getPayload());
          assertThat(unitOfWork).isSameAs(CurrentUnitOfWork.get());
          assertThat(unitOfWork.parent()).isPresent();
          return chain.proceed();
        });
    Write first = new Write("a", "1", Behaviour.RECORD);
    Write second = new Write("a", "2", Behaviour.RECORD);
    CountDownLatch held = bus.hold();
    var replies = List.of(bus.send(first), bus.send(second));
    held.countDown();
    replies.forEach(CompletableFuture::join);

    assertThat(seen).containsSubsequence(first, second);
    assertThat(bus.store.messages())
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.getMetaData()).containsEntry("cause", "test"));
  }

  @Test
  void forgetsNoAggregateWhileItsEventsAreUncommitted() {
    try (TestBus small = new TestBus(1_000, 1)) {
      CountDownLatch held = small.hold();
      List<CompletableFuture<Reply<List<String>>>> sent = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        sent.add(small.send(new Write("s" + i % 3, "" + i, Behaviour.RECORD)));
      }
      held.countDown();

      sent.forEach(CompletableFuture::join);
      assertThat(small.store.commits).hasValue(2);
      assertThat(small.store.written("s0")).hasSize(10).startsWith("0", "3").endsWith("27");
      assertThat(entries(small.send(new Read("s1")))).hasSize(10);
    }
  }

  @Test
  void measuresBatchesAndTimes() {
    CountDownLatch held = bus.hold();
    write("a", "1", Behaviour.RECORD);
    write("a", "2", Behaviour.RECORD);
    assertThat(bus.meters.get("lastunit.command.waiting").gauge().value()).isEqualTo(2);
    held.countDown();
    bus.bus.stop(5_000);

    assertThat(bus.meters.get("lastunit.command.batch").summary().max()).isEqualTo(2);
    assertThat(bus.meters.get("lastunit.command.commit").timer().count()).isEqualTo(2);
    assertThat(bus.meters.get("lastunit.command.handling").timer().count()).isEqualTo(3);
    assertThat(bus.meters.get("lastunit.command.queued").timer().count()).isEqualTo(3);
  }
}
