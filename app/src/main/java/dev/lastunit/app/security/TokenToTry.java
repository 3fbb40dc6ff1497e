package dev.lastunit.app.security;

import dev.lastunit.app.startup.ReadyLine;
import dev.lastunit.shared.api.Caller;
import java.util.List;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Prints a token for everything where anybody may make one anyhow. On the console only: the log
 * never has a token.
 */
@Component
@Conditional(EmbeddedDefault.class)
class TokenToTry implements ReadyLine {

  private final TokenIssuer issuer;
  private final SecurityProperties properties;

  TokenToTry(TokenIssuer issuer, SecurityProperties properties) {
    this.issuer = issuer;
    this.properties = properties;
  }

  @Override
  public List<String> lines() {
    TokenIssuer.Issued issued =
        issuer.issue(
            "you",
            List.of(Caller.CUSTOMER, Caller.OPERATOR, Caller.WAREHOUSE, Caller.ANALYST),
            properties.devTokenLifetime());
    return List.of("Token       " + issued.token());
  }
}
