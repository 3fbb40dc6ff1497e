package dev.lastunit.process.engine;

import dev.lastunit.process.engine.InstanceStore.Key;
import dev.lastunit.process.engine.ProcessRuntime.Step;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.shared.api.CheckpointedEventHandler;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Brings events to the instances of one process. Those that are young get them in memory. For the
 * others a batch of events becomes at most one locking read, one update and one delete, in one
 * transaction; what has become runnable is handed over in memory once that has committed, and what
 * finds no place stays due in the table.
 *
 * @param <S> the process's state
 */
public final class ProcessEventHandler<S extends ProcessState> implements CheckpointedEventHandler {

  /** Young instances beyond which those that begin become rows at once. */
  private static final int MOST_YOUNG = 16_384;

  /** The oldest one is looked for at most so often. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private record Routed(String id, RecordedEvent event) {}

  /** An instance with a row while the batch is worked through. */
  private static final class Work<S extends ProcessState> {
    private Instance<S> instance;
    private boolean changed;
    private boolean runnable;
    private final List<String> ends = new ArrayList<>(0);

    private Work(Instance<S> instance) {
      this.instance = instance;
    }
  }

  /** What follows once the rows of a batch are written. */
  private static final class After<S extends ProcessState> {
    private final List<Instance<S>> toRun = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private int places;
    private boolean left;
  }

  private final ProcessEngine engine;
  private final ProcessRuntime<S> runtime;
  private final Consumer<List<RecordedEvent>> handled;
  private final YoungInstances<S> young = new YoungInstances<>();
  private final long youngNanos;
  private final List<Young<S>> storing = new ArrayList<>();
  private long seenUpTo;
  private long lookedAt;
  private long firstPosition = Long.MAX_VALUE;

  /**
   * @param handled told of the events that came for the first time; for counters
   */
  public ProcessEventHandler(
      ProcessEngine engine,
      ProcessDefinition<S> definition,
      Consumer<List<RecordedEvent>> handled) {
    this.engine = engine;
    this.runtime = engine.runtime(definition);
    this.handled = handled;
    this.youngNanos = engine.settings().young().toNanos();
  }

  @Override
  public String name() {
    return "process." + runtime.name();
  }

  /** Short, as each step of a process waits for it. */
  @Override
  public Duration pace() {
    return Duration.ofMillis(1);
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return runtime.definition().concerns();
  }

  @Override
  public void begin(long seen, Runnable wake) {
    young.begin(wake);
    storing.clear();
    seenUpTo = seen;
    firstPosition = Long.MAX_VALUE;
  }

  @Override
  public void lost() {
    young.clear();
    storing.clear();
  }

  /** The instances that live in memory only. */
  YoungInstances<S> young() {
    return young;
  }

  // Events ---------------------------------------------------------------------------------------

  @Override
  public void handle(List<RecordedEvent> events) {
    List<Routed> routed = new ArrayList<>(events.size());
    for (RecordedEvent event : events) {
      String id = runtime.definition().instanceOf(event.payload());
      if (id != null) {
        routed.add(new Routed(id, event));
      }
    }
    // The rows first: should that fail, nothing has happened in memory when the batch comes again.
    Set<String> withRow = tellRows(routed);
    for (Routed one : routed) {
      if (!withRow.contains(one.id())) {
        tellYoung(one);
      }
    }
    List<RecordedEvent> first =
        events.stream().filter(event -> event.position() > seenUpTo).toList();
    if (!first.isEmpty()) {
      handled.accept(first);
    }
  }

  private Stimulus stimulus(RecordedEvent event) {
    return new Happened(event.payload(), event.position() <= seenUpTo);
  }

  private void tellYoung(Routed one) {
    Instant now = engine.clock().instant();
    Stimulus stimulus = stimulus(one.event());
    Young<S> known = young.find(one.id());
    if (known == null || !known.happened(stimulus, now)) {
      begin(one, stimulus, now);
    }
  }

  private void begin(Routed one, Stimulus stimulus, Instant now) {
    switch (runtime.onEvent(Instance.begin(one.id(), now), stimulus, now)) {
      case Step.Nothing<S> nothing -> {}
      case Step.Delete<S> delete -> runtime.ended(delete.outcome());
      case Step.Write<S> write -> {
        Young<S> begun = new Young<>(engine, runtime, young, one.event().position(), write.next());
        boolean room = young.size() < MOST_YOUNG;
        young.add(begun);
        firstPosition = Math.min(firstPosition, begun.position());
        if (write.goOn()) {
          begun.start(room && engine.tryReserve(runtime, 1) == 1);
        } else {
          begun.await(room, now);
        }
      }
    }
  }

  /** Tells the instances that have rows; answers which those are. */
  private Set<String> tellRows(List<Routed> routed) {
    Set<String> asked = new LinkedHashSet<>();
    Set<String> known = new HashSet<>();
    for (Routed one : routed) {
      if (known.add(one.id()) && mayHaveRow(one)) {
        asked.add(one.id());
      }
    }
    if (asked.isEmpty()) {
      return Set.of();
    }
    Map<String, Work<S>> work = new LinkedHashMap<>();
    After<S> after = new After<>();
    try {
      engine
          .transactions()
          .executeWithoutResult(status -> tellLockedRows(routed, asked, work, after));
    } catch (RuntimeException e) {
      engine.release(runtime, after.places);
      throw e;
    }
    after.toRun.forEach(instance -> engine.run(runtime, instance));
    after.ends.forEach(runtime::ended);
    if (after.left) {
      engine.leftInTable(runtime);
    }
    return work.keySet();
  }

  private void tellLockedRows(
      List<Routed> routed, Set<String> asked, Map<String, Work<S>> work, After<S> after) {
    Instant now = engine.clock().instant();
    engine
        .store()
        .lock(runtime.name(), asked)
        .forEach((id, row) -> work.put(id, new Work<>(runtime.read(row))));
    for (Routed one : routed) {
      Work<S> target = work.get(one.id());
      if (target != null) {
        apply(target, stimulus(one.event()), now);
      }
    }
    write(work.values(), now, after);
  }

  /** The first event of an instance that comes for the first time finds no row. */
  private boolean mayHaveRow(Routed one) {
    return young.find(one.id()) == null
        && !young.endedYoung(one.id())
        && !(one.event().position() > seenUpTo
            && runtime.definition().isFirst(one.event().payload()));
  }

  private void apply(Work<S> target, Stimulus stimulus, Instant now) {
    switch (runtime.onEvent(target.instance, stimulus, now)) {
      case Step.Nothing<S> nothing -> {}
      case Step.Write<S> write -> {
        boolean newStep =
            target.instance.state() == null
                || !target.instance.state().step().equals(write.next().state().step());
        target.instance = write.next();
        target.changed = true;
        target.runnable = newStep ? write.goOn() : target.runnable || write.goOn();
      }
      case Step.Delete<S> delete -> {
        target.instance = target.instance.over();
        target.changed = true;
        target.runnable = false;
        target.ends.add(delete.outcome());
      }
    }
  }

  private void write(Collection<Work<S>> work, Instant now, After<S> after) {
    int runnable = (int) work.stream().filter(one -> one.runnable).count();
    after.places = engine.tryReserve(runtime, runnable);
    after.left = after.places < runnable;
    List<InstanceRow> updates = new ArrayList<>();
    List<Key> deletes = new ArrayList<>();
    Instant lease = now.plus(engine.settings().lease());
    for (Work<S> one : work) {
      if (!one.changed) {
        continue;
      }
      after.ends.addAll(one.ends);
      Instance<S> instance = one.instance;
      if (instance.state() == null) {
        deletes.add(new Key(runtime.name(), instance.id()));
        continue;
      }
      if (one.runnable && after.toRun.size() < after.places) {
        instance = instance.leased(lease, engine.settings().node());
        after.toRun.add(instance);
      }
      updates.add(InstanceRow.of(runtime.name(), instance));
    }
    engine.store().update(updates, now);
    engine.store().delete(deletes);
  }

  // Checkpoints ----------------------------------------------------------------------------------

  @Override
  public boolean wantsCheckpoint() {
    if (young.wantsCheckpoint()) {
      return true;
    }
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_NANOS) {
      return false;
    }
    lookedAt = now;
    firstPosition = young.firstPosition();
    return young.hasOld(youngNanos);
  }

  @Override
  public void checkpoint(boolean ending) {
    storing.clear();
    Instant now = engine.clock().instant();
    List<InstanceRow> rows = new ArrayList<>();
    for (Young<S> one : young.takeForRows(youngNanos, ending)) {
      InstanceRow row = one.store(now);
      if (row != null) {
        rows.add(row);
        storing.add(one);
      }
    }
    engine.store().store(rows, now);
  }

  @Override
  public void committed() {
    boolean due = false;
    Instant now = engine.clock().instant();
    for (Young<S> one : storing) {
      due |= young.stored(one, now);
    }
    storing.clear();
    firstPosition = young.firstPosition();
    if (due) {
      engine.leftInTable(runtime);
    }
  }

  /** The first position may be too low, never too high: only this thread adds young instances. */
  @Override
  public long durableUpTo(long handledUpTo) {
    return Math.min(handledUpTo, firstPosition - 1);
  }
}
