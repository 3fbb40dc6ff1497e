package dev.lastunit.process.engine;

import dev.lastunit.process.engine.InstanceStore.Key;
import dev.lastunit.process.engine.ProcessRuntime.Step;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Brings events to the instances of one process: a batch of events becomes at most one locking
 * read, one insert, one update and one delete, in the transaction that also stores the position.
 * What has become runnable is handed over in memory once that has committed; what finds no place
 * stays due in the table.
 *
 * @param <S> the process's state
 */
public final class ProcessEventHandler<S extends ProcessState> implements EventBatchHandler {

  private record Routed(String id, Event event) {}

  /** An instance while the batch is worked through. */
  private static final class Work<S extends ProcessState> {
    private final boolean stored;
    private Instance<S> instance;
    private boolean changed;
    private boolean runnable;
    private final List<String> ends = new ArrayList<>(0);

    private Work(boolean stored, Instance<S> instance) {
      this.stored = stored;
      this.instance = instance;
    }
  }

  private final ProcessEngine engine;
  private final ProcessRuntime<S> runtime;
  private final Consumer<List<RecordedEvent>> afterCommit;

  // A handler is called by one thread at a time; what a rolled-back batch left is cleared first.
  private List<Instance<S>> toRun = List.of();
  private List<Instance<S>> written = List.of();
  private List<String> ends = List.of();
  private List<RecordedEvent> batch = List.of();
  private boolean left;

  /**
   * @param afterCommit told of every batch once it has committed; for counters
   */
  public ProcessEventHandler(
      ProcessEngine engine,
      ProcessDefinition<S> definition,
      Consumer<List<RecordedEvent>> afterCommit) {
    this.engine = engine;
    this.runtime = engine.runtime(definition);
    this.afterCommit = afterCommit;
  }

  @Override
  public String name() {
    return "process." + runtime.name();
  }

  /** Short, as each step of a process waits for it. */
  @Override
  public Duration pace() {
    return Duration.ofMillis(5);
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return runtime.definition().concerns();
  }

  @Override
  public void handle(List<RecordedEvent> events) {
    forget();
    batch = events;
    List<Routed> routed = new ArrayList<>();
    for (RecordedEvent event : events) {
      String id = runtime.definition().instanceOf(event.payload());
      if (id != null) {
        routed.add(new Routed(id, event.payload()));
      }
    }
    if (routed.isEmpty()) {
      return;
    }
    InstanceStore store = engine.store();
    List<String> ids = routed.stream().map(Routed::id).distinct().toList();
    Map<String, InstanceRow> rows = store.lock(runtime.name(), ids);
    Instant now = engine.clock().instant();
    Map<String, Work<S>> work = new LinkedHashMap<>();
    for (Routed one : routed) {
      Work<S> target = work.computeIfAbsent(one.id(), id -> load(id, rows.get(id), now));
      apply(target, new Happened(one.event()), now);
    }
    write(work, now);
  }

  private Work<S> load(String id, InstanceRow row, Instant now) {
    return row == null
        ? new Work<>(false, Instance.begin(id, now))
        : new Work<>(true, runtime.read(row));
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

  private void write(Map<String, Work<S>> work, Instant now) {
    int runnable = (int) work.values().stream().filter(one -> one.runnable).count();
    int places = engine.tryReserve(runtime, runnable);
    left = places < runnable;
    List<InstanceRow> inserts = new ArrayList<>();
    List<InstanceRow> updates = new ArrayList<>();
    List<Key> deletes = new ArrayList<>();
    toRun = new ArrayList<>(places);
    written = new ArrayList<>(work.size());
    ends = new ArrayList<>();
    Instant lease = now.plus(engine.settings().lease());
    try {
      for (Work<S> one : work.values()) {
        if (!one.changed) {
          continue;
        }
        ends.addAll(one.ends);
        Instance<S> instance = one.instance;
        if (instance.state() == null) {
          if (one.stored) {
            deletes.add(new Key(runtime.name(), instance.id()));
          }
          continue;
        }
        if (one.runnable && toRun.size() < places) {
          instance = leased(instance, lease);
          toRun.add(instance);
        }
        written.add(instance);
        (one.stored ? updates : inserts).add(InstanceRow.of(runtime.name(), instance));
      }
      engine.store().insert(inserts, now);
      engine.store().update(updates, now);
      engine.store().delete(deletes);
    } catch (RuntimeException e) {
      engine.release(runtime, places);
      toRun = List.of();
      throw e;
    }
  }

  private Instance<S> leased(Instance<S> instance, Instant until) {
    return new Instance<>(
        instance.id(),
        instance.state(),
        instance.attempt(),
        until,
        engine.settings().node(),
        instance.version(),
        instance.parkedReason(),
        instance.parkedAt(),
        instance.lastError(),
        instance.history(),
        instance.createdAt());
  }

  @Override
  public void committed() {
    written.forEach(runtime::remember);
    written = List.of();
    List<Instance<S>> running = toRun;
    toRun = List.of();
    running.forEach(instance -> engine.run(runtime, instance));
    if (left) {
      engine.leftInTable(runtime);
      left = false;
    }
    ends.forEach(runtime::ended);
    ends = List.of();
    afterCommit.accept(batch);
    batch = List.of();
  }

  /** Gives back the places of a batch whose transaction did not commit. */
  private void forget() {
    if (!toRun.isEmpty()) {
      engine.release(runtime, toRun.size());
    }
    toRun = List.of();
    written = List.of();
    ends = List.of();
    batch = List.of();
    left = false;
  }
}
