package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Explains the problem types at the addresses that answers give as their {@code type}. */
@RestController
class ProblemTypeController {

  /**
   * A problem type.
   *
   * @param type its address, relative to the service
   * @param title what it is called in every answer
   * @param status HTTP status of its answers
   * @param retrySafe whether the same request may be sent again, with the same key where there is
   *     one
   * @param outcomeKnown whether the request certainly had the effect that the answer states
   */
  record ProblemType(
      String type, String title, int status, boolean retrySafe, boolean outcomeKnown) {

    private static ProblemType of(ErrorCode code) {
      return new ProblemType(
          ProblemWriter.type(code),
          code.title(),
          code.status(),
          code.retrySafe(),
          code.outcomeKnown());
    }
  }

  @GetMapping("/problems")
  List<ProblemType> all() {
    return Stream.of(ErrorCode.values()).map(ProblemType::of).toList();
  }

  @GetMapping("/problems/{slug}")
  ProblemType one(@PathVariable String slug) {
    return Stream.of(ErrorCode.values())
        .filter(code -> code.slug().equals(slug))
        .findFirst()
        .map(ProblemType::of)
        .orElseThrow(() -> Problem.notFound("problem type"));
  }
}
