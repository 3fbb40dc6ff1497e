package dev.lastunit.bench.report;

import dev.lastunit.bench.measure.Machine;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A whole run.
 *
 * @param commit of the checkout that was measured, with {@code +changes} when it was not clean
 * @param settings by name, defaults included
 * @param notes what was left out and why, and what to know when reading the figures
 */
public record Report(
    Instant date,
    String commit,
    String command,
    Map<String, String> settings,
    Machine machine,
    List<Step> steps,
    List<Check> checks,
    List<String> notes) {

  /** The service beside the baselines. */
  public List<Ratio> ratios() {
    return Ratio.of(steps);
  }

  /** Whether all checks hold. */
  public boolean ok() {
    return checks.stream().allMatch(Check::ok);
  }
}
