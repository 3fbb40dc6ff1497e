package dev.lastunit.ledger.api;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the account provider-clearing holds of one payment. Nothing before the authorisation and
 * nothing once the money was taken or let go. Immutable.
 *
 * @param held minor units by currency, none of them zero; one currency in every history that our
 *     rules have made
 */
public record Clearing(SortedMap<String, Long> held) {

  /** Nothing is held. */
  public static final Clearing NONE = new Clearing(new TreeMap<>());

  /** Copies what is held and leaves out what is zero. */
  public Clearing {
    SortedMap<String, Long> copy = new TreeMap<>(held);
    copy.values().removeIf(amount -> amount == 0);
    held = Collections.unmodifiableSortedMap(copy);
  }

  /** Minor units of a currency. */
  public long in(String currency) {
    return held.getOrDefault(currency, 0L);
  }

  /** Whether nothing is held. */
  public boolean isZero() {
    return held.isEmpty();
  }

  /** The same with another amount of one currency. */
  Clearing with(String currency, long amount) {
    SortedMap<String, Long> next = new TreeMap<>(held);
    next.put(currency, amount);
    return new Clearing(next);
  }
}
