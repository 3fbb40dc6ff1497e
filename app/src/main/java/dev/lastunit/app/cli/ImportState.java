package dev.lastunit.app.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.util.List;

/**
 * How far an import is, as the service tells it.
 *
 * @param progress share of the file that is done, 0 to 1; null when it is not known, as the next
 *     two
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record ImportState(
    String importId,
    String state,
    long read,
    long accepted,
    long rejected,
    List<LineError> errors,
    String failure,
    Double progress,
    Long recordsPerSecond,
    Instant eta) {

  /** A line that was rejected. */
  record LineError(long line, String reason) {}

  boolean hasEnded() {
    return !state.equals("running");
  }

  boolean isWithoutFault() {
    return state.equals("completed") && rejected == 0;
  }
}
