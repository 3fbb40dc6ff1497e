package dev.lastunit.audit.query.invariants;

import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.util.List;

/**
 * Something that must hold in every history. An instance audits one history: it is given every
 * event in the order of positions and asked once at the end.
 *
 * <p>Not thread-safe. Memory grows with the number of orders or SKUs, not with that of events.
 */
public interface Invariant {

  /**
   * What came out.
   *
   * @param ok whether it holds
   * @param checked how many things were looked at: orders, SKUs, keys, reservations
   * @param violations the first {@link Violations#MOST}; empty when it holds
   * @param violationCount how many there are in all
   */
  record Finding(
      String name, boolean ok, long checked, List<Violation> violations, long violationCount) {}

  /**
   * One breach.
   *
   * @param subject what it concerns, such as an order or a SKU
   * @param position of the event that shows it; that of the last word on the subject when it is
   *     something missing
   * @param detail what is wrong, in words and numbers
   */
  record Violation(String subject, long position, String detail) {}

  /** Its name in the contract. */
  String name();

  /** Takes the next event. */
  void apply(RecordedEvent event);

  /**
   * Judges the history.
   *
   * @param now the time of the audit. Work that is under way is no breach: what still has to happen
   *     is given time, counted from the recording of the event that it follows
   */
  Finding finish(Instant now);

  /** All invariants, for one history. */
  static List<Invariant> all(Grace grace) {
    return List.of(
        new NoOversell(),
        new StockConserved(),
        new OneOrderPerKey(),
        new OneChargePerOrder(),
        new MoneyConserved(grace),
        new NoOrphanReservation(grace),
        new NoLostOrder(grace),
        new ClearingSettled(grace));
  }
}
