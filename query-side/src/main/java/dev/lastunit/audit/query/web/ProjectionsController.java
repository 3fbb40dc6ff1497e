package dev.lastunit.audit.query.web;

import dev.lastunit.audit.query.ProjectionView;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** How far the event handlers are. For operators. */
@RestController
@Tag(name = "Analysts and operators")
class ProjectionsController {

  private final Positions positions;

  ProjectionsController(Positions positions) {
    this.positions = positions;
  }

  @GetMapping(path = "/v1/projections", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(summary = "How far each event handler is")
  ResponseEntity<List<ProjectionView>> projections(@Parameter(hidden = true) Caller caller) {
    Reads.require(caller, Caller.OPERATOR);
    return Reads.ok(positions.head()).body(ProjectionView.all(positions));
  }
}
