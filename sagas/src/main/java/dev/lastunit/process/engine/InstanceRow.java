package dev.lastunit.process.engine;

import java.time.Instant;
import java.util.List;

/** A row of {@code process.instance}; see the migration for its columns. */
record InstanceRow(
    String process,
    String id,
    String state,
    String data,
    int attempt,
    Instant dueAt,
    String leaseOwner,
    long version,
    String parkedReason,
    Instant parkedAt,
    String lastError,
    String history,
    Instant createdAt) {

  static <S extends ProcessState> InstanceRow of(String process, Instance<S> instance) {
    return new InstanceRow(
        process,
        instance.id(),
        instance.state().step(),
        ProcessJson.write(instance.state()),
        instance.attempt(),
        instance.dueAt(),
        instance.leaseOwner(),
        instance.version(),
        instance.parkedReason(),
        instance.parkedAt(),
        instance.lastError(),
        String.join("\n", instance.history()),
        instance.createdAt());
  }

  <S extends ProcessState> Instance<S> toInstance(Class<S> type) {
    return new Instance<>(
        id,
        ProcessJson.read(data, type),
        attempt,
        dueAt,
        leaseOwner,
        version,
        parkedReason,
        parkedAt,
        lastError,
        lines(),
        createdAt);
  }

  List<String> lines() {
    return history.isEmpty() ? List.of() : List.of(history.split("\n"));
  }
}
