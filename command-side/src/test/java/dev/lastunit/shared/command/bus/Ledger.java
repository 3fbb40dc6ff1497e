package dev.lastunit.shared.command.bus;

import static org.axonframework.modelling.command.AggregateCreationPolicy.CREATE_IF_MISSING;

import dev.lastunit.shared.api.Command;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;

/** An aggregate for tests of the bus: a list of entries, and commands that behave as asked. */
class Ledger {

  @AggregateIdentifier private String stream;
  private final List<String> entries = new ArrayList<>();

  Ledger() {}

  /** How a command behaves. */
  enum Behaviour {
    /** Records its entry. */
    RECORD,
    /** Records its entry twice. */
    RECORD_TWICE,
    /** Answers and records nothing. */
    LOOK,
    REFUSE,
    /** Throws before it records. */
    THROW,
    /** Records, and then throws. */
    RECORD_AND_THROW,
    /** Records what the store cannot take. */
    RECORD_POISON
  }

  /**
   * Adds an entry; answers all entries.
   *
   * @param entry unique in a test
   */
  record Write(String stream, String entry, Behaviour behaviour) implements Command<List<String>> {}

  /** Adds an entry, and nobody is expected to ask for the stream again soon. */
  record Note(String stream, String entry) implements Command<Void> {
    @Override
    public boolean expectsMore() {
      return false;
    }
  }

  /** Answers all entries of a stream that exists. */
  record Read(String stream) implements Command<List<String>> {}

  /** Keeps the shard busy until it is let go. */
  record Hold(String stream, CountDownLatch reached, CountDownLatch released)
      implements Command<Void> {}

  record Written(String stream, String entry) {}

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<List<String>> handle(Write command) {
    stream = command.stream();
    Written written = new Written(command.stream(), command.entry());
    switch (command.behaviour()) {
      case RECORD -> AggregateLifecycle.apply(written);
      case RECORD_TWICE -> {
        AggregateLifecycle.apply(written);
        AggregateLifecycle.apply(written);
      }
      case RECORD_POISON -> AggregateLifecycle.apply(new Written(stream, TestStore.POISON));
      case RECORD_AND_THROW -> {
        AggregateLifecycle.apply(written);
        throw new IllegalStateException(command.entry());
      }
      case THROW -> throw new IllegalStateException(command.entry());
      case REFUSE -> {
        return Result.refused(ErrorCode.OUT_OF_STOCK, command.entry());
      }
      case LOOK -> {}
    }
    return Result.accepted(List.copyOf(entries));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Void> handle(Note command) {
    stream = command.stream();
    AggregateLifecycle.apply(new Written(command.stream(), command.entry()));
    return Result.accepted(null);
  }

  @CommandHandler
  Result<List<String>> handle(Read command) {
    return Result.accepted(List.copyOf(entries));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Void> handle(Hold command) throws InterruptedException {
    command.reached().countDown();
    command.released().await();
    return Result.accepted(null);
  }

  @EventSourcingHandler
  void on(Written event) {
    stream = event.stream();
    entries.add(event.entry());
  }
}
