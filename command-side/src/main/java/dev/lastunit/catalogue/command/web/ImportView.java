package dev.lastunit.catalogue.command.web;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/**
 * How far an import has got.
 *
 * @param read records done so far, without blank lines and a CSV file's header: always those
 *     accepted and those rejected
 * @param accepted records that were taken over, also when they changed nothing
 * @param rejected records that were not
 * @param errors the first rejections by line, at most {@link ImportProgress#MAX_ERRORS}
 * @param failure why the import failed; absent unless it did
 * @param progress share of the file that is done, 0 to 1; like the next two only while the import
 *     runs, and only once there is something to tell
 * @param recordsPerSecond how many records were done in each of the last seconds
 * @param eta when the import will end if it goes on as fast
 * @param position position of the last event that the import recorded, 0 for none
 */
record ImportView(
    String importId,
    State state,
    long read,
    long accepted,
    long rejected,
    List<LineError> errors,
    @JsonInclude(JsonInclude.Include.NON_NULL) String failure,
    @Schema(description = "Share of the file that is done, while the import runs", example = "0.42")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Double progress,
    @Schema(description = "During the last half minute, while the import runs")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Long recordsPerSecond,
    @Schema(description = "When it will end if it goes on as fast")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        Instant eta,
    @JsonIgnore long position) {

  /** An import that has not begun. */
  static ImportView notBegun(String importId) {
    return new ImportView(importId, State.RUNNING, 0, 0, 0, List.of(), null, null, null, null, 0);
  }

  /** An import runs, and then has ended one way or the other. */
  @Schema(enumAsRef = true)
  enum State {
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("failed")
    FAILED
  }

  /**
   * A rejected record.
   *
   * @param line number of the line on which it begins, from 1; a CSV file's header has 1
   */
  record LineError(long line, String reason) {}

  boolean ended() {
    return state != State.RUNNING;
  }
}
