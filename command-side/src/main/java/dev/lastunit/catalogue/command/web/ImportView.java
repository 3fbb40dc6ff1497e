package dev.lastunit.catalogue.command.web;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * How far an import has got.
 *
 * @param read records met so far, without blank lines and a CSV file's header
 * @param accepted records that were taken over, also when they changed nothing
 * @param rejected records that were not
 * @param errors the first rejections by line, at most {@link ImportProgress#MAX_ERRORS}
 * @param failure why the import failed; absent unless it did
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
    @JsonIgnore long position) {

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
