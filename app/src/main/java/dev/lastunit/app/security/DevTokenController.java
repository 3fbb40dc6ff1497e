package dev.lastunit.app.security;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Tokens with any roles for whoever tries the service out; not there where it is meant. */
@RestController
@Conditional(EmbeddedDefault.class)
@Tag(name = "Tokens")
class DevTokenController {

  private static final int LONGEST_SUBJECT = 160;
  private static final String KNOWN = "customer, operator, warehouse, analyst";

  private final TokenIssuer issuer;
  private final SecurityProperties properties;

  DevTokenController(TokenIssuer issuer, SecurityProperties properties) {
    this.issuer = issuer;
    this.properties = properties;
  }

  /**
   * What is asked for.
   *
   * @param subject 1 to 160 characters
   * @param roles at least one of the known ones
   */
  record Wanted(String subject, List<String> roles) {

    Wanted {
      List<Violation> violations = new ArrayList<>();
      if (subject == null
          || subject.isBlank()
          || subject.length() > LONGEST_SUBJECT
          || subject.chars().anyMatch(Character::isISOControl)) {
        violations.add(new Violation("subject", "must have 1 to 160 characters"));
      }
      if (roles == null || roles.isEmpty()) {
        violations.add(new Violation("roles", "must name at least one of " + KNOWN));
      } else {
        for (int i = 0; i < roles.size(); i++) {
          if (!TokenConfiguration.isRole(roles.get(i))) {
            violations.add(new Violation("roles[" + i + "]", "must be one of " + KNOWN));
          }
        }
      }
      if (!violations.isEmpty()) {
        throw Problem.invalid(ErrorCode.INVALID_FIELD, violations);
      }
      roles = roles.stream().distinct().toList();
    }
  }

  /**
   * A token.
   *
   * @param token bearer token
   * @param expiresAt when it ends
   */
  record Token(String token, Instant expiresAt) {}

  @PostMapping("/v1/dev/tokens")
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      summary = "Make a token for trying things out",
      description = "Only there with the embedded database or in a demonstration.")
  Token make(@RequestBody Wanted wanted) {
    TokenIssuer.Issued issued =
        issuer.issue(wanted.subject(), wanted.roles(), properties.devTokenLifetime());
    return new Token(issued.token(), issued.expiresAt());
  }
}
