package dev.lastunit.inventory.command;

import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Problem.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a stock policy may say. Everything that is wrong is told at once. */
public final class PolicyRules {

  /** Shortest and longest time for which a policy may hold a reservation. */
  public static final Duration MIN_TTL = Duration.ofSeconds(1);

  public static final Duration MAX_TTL = Duration.ofDays(30);

  private PolicyRules() {}

  /** Everything that is wrong with the policy; empty when nothing is. */
  public static List<Violation> faults(StockPolicy policy) {
    var faults = new ArrayList<Violation>();
    var ttl = policy.reservationTtl();
    if (ttl != null && (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0)) {
      faults.add(new Violation("reservationTtl", "must be between 1 second and 30 days"));
    }
    if (policy.safetyStock() < 0) {
      faults.add(new Violation("safetyStock", "must be 0 or more"));
    }
    if (policy.oversellAllowance() < 0) {
      faults.add(new Violation("oversellAllowance", "must be 0 or more"));
    } else if (policy.oversellAllowance() > 0) {
      faults.add(new Violation("oversellAllowance", "must be 0: overselling is not offered yet"));
    }
    if (policy.sourcing() == null) {
      faults.add(new Violation("sourcing", "must be priority, nearest or fewest-shipments"));
    }
    return faults;
  }
}
