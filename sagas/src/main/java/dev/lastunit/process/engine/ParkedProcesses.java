package dev.lastunit.process.engine;

import dev.lastunit.process.engine.InstanceStore.Key;
import dev.lastunit.process.engine.ProcessRuntime.Step;
import dev.lastunit.process.engine.Stimulus.GivenUp;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.time.Instant;
import java.util.List;

/**
 * What the processes gave up on, for operators. All methods block on the database: not for an event
 * loop's thread. Safe for several threads.
 */
public final class ParkedProcesses implements ParkedThings {

  /** Parked reason of an instance that nobody will try again. */
  static final String ABANDONED = "abandoned";

  /**
   * A parked instance.
   *
   * @param id {@code <process>:<instance>}
   * @param state name of the step that failed
   * @param reason {@code attempts-exhausted}, {@code stuck}, {@code unreadable-state} or {@code
   *     abandoned}
   * @param error text of the last failure; may be null
   * @param attempts how often the step's effect failed
   * @param history what happened, oldest first, at most 40 lines
   */
  public record Parked(
      String id,
      String process,
      String instance,
      String state,
      String reason,
      String error,
      int attempts,
      Instant parkedAt,
      List<String> history) {

    static Parked of(InstanceRow row) {
      return new Parked(
          row.process() + ":" + row.id(),
          row.process(),
          row.id(),
          row.state(),
          row.parkedReason(),
          row.lastError(),
          row.attempt(),
          row.parkedAt(),
          row.lines());
    }
  }

  private final ProcessEngine engine;

  public ParkedProcesses(ProcessEngine engine) {
    this.engine = engine;
  }

  @Override
  public boolean has(String process) {
    return engine.runtime(process) != null;
  }

  @Override
  public List<Parked> list(Parked after, int limit) {
    List<InstanceRow> rows =
        after == null
            ? engine.store().parked(null, null, limit)
            : engine
                .store()
                .parked(after.parkedAt(), new Key(after.process(), after.instance()), limit);
    return rows.stream().map(Parked::of).toList();
  }

  @Override
  public Parked find(String id) {
    Key key = parse(id);
    return engine.transactions().execute(status -> Parked.of(lockParked(key)));
  }

  @Override
  public Parked retry(String id) {
    Key key = parse(id);
    ProcessRuntime<?> runtime = runtime(key);
    Parked before =
        engine
            .transactions()
            .execute(
                status -> {
                  InstanceRow row = lockParked(key);
                  write(runtime, row, false);
                  return Parked.of(row);
                });
    engine.wake();
    return before;
  }

  @Override
  public boolean abandon(String id) {
    Key key = parse(id);
    ProcessRuntime<?> runtime = runtime(key);
    boolean undoing =
        Boolean.TRUE.equals(
            engine.transactions().execute(status -> write(runtime, lockParked(key), true)));
    engine.wake();
    return undoing;
  }

  private <S extends ProcessState> boolean write(
      ProcessRuntime<S> runtime, InstanceRow row, boolean giveUp) {
    Instant now = engine.clock().instant();
    Instance<S> current = row.toInstance(runtime.definition().stateType());
    Instance<S> next;
    boolean undoing = false;
    if (!giveUp) {
      next = current.moved(current.state(), now, null, now + " tried again by an operator");
    } else if (runtime.onEvent(current, new GivenUp(), now) instanceof Step.Write<S> step) {
      next = step.next();
      undoing = true;
    } else {
      next =
          current.parked(
              current.attempt(),
              ABANDONED,
              current.lastError(),
              now + " abandoned by an operator",
              now);
    }
    engine.store().update(List.of(InstanceRow.of(runtime.name(), next)), now);
    return undoing;
  }

  private InstanceRow lockParked(Key key) {
    InstanceRow row = engine.store().lock(key.process(), List.of(key.id())).get(key.id());
    if (row == null || row.parkedReason() == null) {
      throw Problem.notFound("parked process");
    }
    return row;
  }

  private ProcessRuntime<?> runtime(Key key) {
    ProcessRuntime<?> runtime = engine.runtime(key.process());
    if (runtime == null) {
      throw Problem.notFound("parked process");
    }
    return runtime;
  }

  private static Key parse(String id) {
    int colon = id.indexOf(':');
    if (colon <= 0 || colon == id.length() - 1) {
      throw new Problem(
          ErrorCode.NOT_FOUND, "A parked process is named <process>:<instance>, not otherwise");
    }
    return new Key(id.substring(0, colon), id.substring(colon + 1));
  }
}
