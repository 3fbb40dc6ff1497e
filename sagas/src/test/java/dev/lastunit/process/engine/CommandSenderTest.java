package dev.lastunit.process.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommandSenderTest {

  private record Ask(int number) implements Command<Integer> {
    @Override
    public String stream() {
      return "s-" + number;
    }
  }

  private static List<Ask> asks(int count) {
    return IntStream.range(0, count).mapToObj(Ask::new).toList();
  }

  /** Answers when it is told to. */
  private static final class SlowBus implements Commands {

    private final List<CompletableFuture<Reply<Integer>>> open = new ArrayList<>();

    @Override
    @SuppressWarnings("unchecked")
    public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata) {
      CompletableFuture<Reply<Integer>> reply = new CompletableFuture<>();
      open.add(reply);
      return (CompletableFuture<Reply<R>>) (CompletableFuture<?>) reply;
    }

    private void answer(int at) {
      open.get(at).complete(new Reply<>(Result.accepted(at), at));
    }
  }

  /** Answers before {@code send} returns. */
  private static final class InstantBus implements Commands {
    @Override
    @SuppressWarnings("unchecked")
    public <R> CompletableFuture<Reply<R>> send(Command<R> command, Map<String, String> metadata) {
      int number = ((Ask) (Command<?>) command).number();
      return CompletableFuture.completedFuture(
          new Reply<>((Result<R>) Result.accepted(number), number));
    }
  }

  @Test
  void keepsTheOrderOfThousandsOfInstantAnswersWithoutADeepStack() {
    List<Result<Integer>> answers =
        new CommandSender(new InstantBus()).sendAll(asks(50_000)).join();

    assertThat(answers).hasSize(50_000);
    assertThat(answers.get(49_999)).isEqualTo(Result.accepted(49_999));
  }

  @Test
  void hasOnlySoManyUnderWay() {
    SlowBus bus = new SlowBus();
    CompletableFuture<List<Result<Integer>>> all = new CommandSender(bus).sendAll(asks(100));
    assertThat(bus.open).hasSize(64);

    bus.answer(10);
    assertThat(bus.open).hasSize(65);

    IntStream.range(0, 100).forEach(bus::answer);
    assertThat(all).isCompleted();
    assertThat(all.join().get(99)).isEqualTo(Result.accepted(99));
  }

  @Test
  void failsOnceNothingIsUnderWayAndSendsNoMore() {
    SlowBus bus = new SlowBus();
    CompletableFuture<List<Result<Integer>>> all = new CommandSender(bus).sendAll(asks(100));

    bus.open.get(3).completeExceptionally(new IllegalStateException("lost"));
    assertThat(bus.open).hasSize(64);
    assertThat(all).isNotDone();

    IntStream.range(0, 64).forEach(bus::answer);
    assertThat(bus.open).hasSize(64);
    assertThat(all).isCompletedExceptionally();
  }

  @Test
  void sendsNothingForNothing() {
    assertThat(new CommandSender(new SlowBus()).sendAll(List.<Ask>of()).join()).isEmpty();
  }
}
