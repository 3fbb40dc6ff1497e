package dev.lastunit.shared.query.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Where a client resumes a stream whose events have positions as identifiers. */
public final class LastEventId {

  private static final String NAME = "Last-Event-ID";

  private LastEventId() {}

  /**
   * The last position that the client has had; {@code otherwise} when it says none.
   *
   * @throws Problem INVALID_FIELD when it is not a position
   */
  public static long of(ServerHttpRequest request, long otherwise) {
    String text = request.getHeaders().getFirst(NAME);
    if (text == null || text.isBlank()) {
      return otherwise;
    }
    try {
      long position = Long.parseLong(text.strip());
      if (position >= 0) {
        return position;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw Problem.invalid(
        ErrorCode.INVALID_FIELD,
        List.of(new Violation(NAME, "must be the id of an event of this stream")));
  }
}
