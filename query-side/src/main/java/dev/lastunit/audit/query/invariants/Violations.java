package dev.lastunit.audit.query.invariants;

import dev.lastunit.audit.query.invariants.Invariant.Finding;
import dev.lastunit.audit.query.invariants.Invariant.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects breaches; keeps the first ones and counts all, so that a broken history fits in memory.
 */
final class Violations {

  /** How many are told. */
  static final int MOST = 100;

  private final List<Violation> first = new ArrayList<>();
  private long count;

  void add(Object subject, long position, String detail) {
    count++;
    if (first.size() < MOST) {
      first.add(new Violation(subject.toString(), position, detail));
    }
  }

  Finding finding(String name, long checked) {
    return new Finding(name, count == 0, checked, List.copyOf(first), count);
  }
}
