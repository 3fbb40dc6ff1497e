package dev.lastunit.app.security;

import dev.lastunit.shared.api.Caller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Gives everybody who asks a subject of his own, so that he can have a cart. */
@RestController
@Tag(name = "Tokens")
class SessionController {

  private final TokenIssuer issuer;
  private final Supplier<UUID> ids;
  private final SecurityProperties properties;

  SessionController(TokenIssuer issuer, Supplier<UUID> ids, SecurityProperties properties) {
    this.issuer = issuer;
    this.ids = ids;
    this.properties = properties;
  }

  /**
   * A guest.
   *
   * @param token bearer token with the role {@code customer}
   * @param subject {@code guest-} and a UUID
   * @param expiresAt when the token ends; it is not renewed
   */
  record Session(String token, String subject, Instant expiresAt) {}

  @PostMapping("/v1/sessions")
  @ResponseStatus(HttpStatus.CREATED)
  @Operation(
      summary = "Begin as a guest",
      description = "Answers a token with the role customer for a new subject.")
  Session begin() {
    String subject = Guests.subject(ids.get());
    TokenIssuer.Issued issued =
        issuer.issue(subject, List.of(Caller.CUSTOMER), properties.sessionLifetime());
    return new Session(issued.token(), subject, issued.expiresAt());
  }
}
