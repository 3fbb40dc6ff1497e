package dev.lastunit.shared.command.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Commands.Reply;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.command.bus.Ledger.Behaviour;
import dev.lastunit.shared.command.bus.Ledger.Read;
import dev.lastunit.shared.command.bus.Ledger.Write;
import dev.lastunit.shared.command.bus.Ledger.Written;
import dev.lastunit.shared.command.bus.TestStore.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Goal: whatever handlers and transactions do, what is acknowledged is stored once, in order, and
 * what failed is not stored. Method: random commands over a few streams, sent in bursts so that
 * they share batches, while transactions break in random ways; afterwards every reply is compared
 * with the store, which is the sequential model: an accepted command's answer lists exactly what
 * lies before it in its stream.
 */
class CommandBusModelPropertyTest {

  private static final int STREAMS = 3;

  /** One of them is never read ahead. */
  private static String name(int stream) {
    return stream == 0 ? "long" : "s" + stream;
  }

  /** One command; the burst that it belongs to begins anew when {@code pause}. */
  record Step(int stream, Behaviour behaviour, boolean pause) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, STREAMS - 1),
            Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Behaviour.RECORD)),
                Tuple.of(4, Arbitraries.of(Behaviour.class))),
            Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(true)), Tuple.of(7, Arbitraries.just(false))))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  @Provide
  Arbitrary<List<Fault>> faults() {
    return Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.just(Fault.NONE)),
            Tuple.of(
                1, Arbitraries.of(Fault.class).filter(fault -> fault != Fault.GONE_AFTER_COMMIT)))
        .list()
        .ofMaxSize(12);
  }

  @Property(tries = 400)
  void storesWhatItAcknowledgesOnceAndInOrder(
      @ForAll("steps") List<Step> steps, @ForAll("faults") List<Fault> faults) throws Exception {
    try (TestBus bus = new TestBus(1_000, 2)) {
      List<Write> sent = new ArrayList<>();
      List<CompletableFuture<Reply<List<String>>>> replies = new ArrayList<>();
      CountDownLatch held = bus.hold();
      // The held command's own transaction has begun.
      bus.store.plan(faults);
      for (Step step : steps) {
        if (step.pause()) {
          held.countDown();
          held = bus.hold();
        }
        Write write = new Write(name(step.stream()), "w" + sent.size(), step.behaviour());
        sent.add(write);
        replies.add(bus.send(write));
      }
      held.countDown();

      List<Outcome> outcomes = new ArrayList<>();
      for (CompletableFuture<Reply<List<String>>> reply : replies) {
        outcomes.add(
            reply
                .handle((value, failure) -> new Outcome(value, failure))
                .get(20, TimeUnit.SECONDS));
      }
      bus.store.planNothing();
      compare(bus.store, sent, outcomes);
      for (int i = 0; i < STREAMS; i++) {
        String stream = name(i);
        List<String> kept =
            bus.send(new Read(stream)).join().result().fold(Result.Accepted::value, r -> List.of());
        assertThat(kept).isEqualTo(bus.store.written(stream));
      }
    }
  }

  /** Either a reply or why there is none. */
  record Outcome(Reply<List<String>> reply, Throwable failure) {}

  private static void compare(TestStore store, List<Write> sent, List<Outcome> outcomes) {
    List<Written> written = store.written();
    Map<String, List<String>> own = new HashMap<>();
    for (int i = 0; i < sent.size(); i++) {
      Write write = sent.get(i);
      Outcome outcome = outcomes.get(i);
      long stored = written.stream().filter(w -> w.entry().equals(write.entry())).count();
      if (outcome.failure() != null) {
        assertThat(stored).as("failed %s", write).isZero();
        continue;
      }
      long expected =
          switch (write.behaviour()) {
            case RECORD -> 1;
            case RECORD_TWICE -> 2;
            case LOOK, REFUSE -> 0;
            case THROW, RECORD_AND_THROW, RECORD_POISON ->
                throw new AssertionError("Answered: " + write);
          };
      assertThat(stored).as("%s", write).isEqualTo(expected);
      List<String> before = own.computeIfAbsent(write.stream(), s -> new ArrayList<>());
      for (long n = 0; n < expected; n++) {
        before.add(write.entry());
      }
      long position = outcome.reply().position();
      if (expected == 0) {
        assertThat(position).isEqualTo(TestBus.NO_POSITION);
      } else {
        assertThat(written.get((int) position - 1))
            .isEqualTo(new Written(write.stream(), write.entry()));
        if (position < written.size()) {
          assertThat(written.get((int) position).entry()).isNotEqualTo(write.entry());
        }
      }
      if (outcome.reply().result() instanceof Result.Accepted<List<String>> accepted) {
        List<String> all = store.written(write.stream());
        assertThat(accepted.value()).isEqualTo(all.subList(0, accepted.value().size()));
        assertThat(accepted.value().stream().filter(e -> !e.startsWith("other")))
            .as("seen by %s", write)
            .isEqualTo(before.stream().toList());
      }
    }
    own.forEach(
        (stream, entries) ->
            assertThat(store.written(stream).stream().filter(e -> !e.startsWith("other")))
                .containsExactlyElementsOf(entries));
  }
}
