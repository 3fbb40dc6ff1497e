package dev.lastunit.shared.api;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a command handler answers. A refusal is a value and not an exception, so that it rolls
 * nothing back, evicts no cached aggregate, and reads the same on every node.
 *
 * @param <T> what an accepted command answers
 */
public sealed interface Result<T> {

  /**
   * The command took effect, now or when it came the first time.
   *
   * @param value the answer; null when there is nothing to tell
   * @param repeated true when the command had been answered before and nothing was recorded now
   */
  record Accepted<T>(T value, boolean repeated) implements Result<T> {}

  /**
   * The command was refused and had no effect. Nothing was recorded, but for what the refusal rests
   * on: a confirmation that comes too late records that the reservation has expired.
   *
   * @param code the reason in the language of the contract
   * @param detail one sentence for a person, without another customer's data
   * @param facts machine-readable details, for example {@code available}; never null
   */
  record Refused<T>(ErrorCode code, String detail, Map<String, Object> facts) implements Result<T> {
    public Refused {
      Objects.requireNonNull(code, "code");
      facts = facts == null ? Map.of() : Map.copyOf(facts);
    }

    /** The same refusal as the answer of another type of command. */
    public <R> Refused<R> as() {
      return new Refused<>(code, detail, facts);
    }
  }

  static <T> Result<T> accepted(T value) {
    return new Accepted<>(value, false);
  }

  static <T> Result<T> repeated(T value) {
    return new Accepted<>(value, true);
  }

  static <T> Result<T> refused(ErrorCode code, String detail) {
    return new Refused<>(code, detail, Map.of());
  }

  static <T> Result<T> refused(ErrorCode code, String detail, Map<String, Object> facts) {
    return new Refused<>(code, detail, facts);
  }

  /** Folds both outcomes into one value. */
  default <R> R fold(Function<Accepted<T>, R> accepted, Function<Refused<T>, R> refused) {
    return switch (this) {
      case Accepted<T> a -> accepted.apply(a);
      case Refused<T> r -> refused.apply(r);
    };
  }
}
