package dev.lastunit.app.security;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.oauth2.jwt.Jwt;
import reactor.core.publisher.Mono;

/** Makes the caller of a token that was accepted. */
final class CallerConverter implements Converter<Jwt, Mono<CallerAuthentication>> {

  private final String externalClaim;

  /**
   * @param externalClaim where tokens that are not ours carry the roles; dots lead into objects
   */
  CallerConverter(String externalClaim) {
    this.externalClaim = externalClaim;
  }

  @Override
  public Mono<CallerAuthentication> convert(Jwt jwt) {
    String issuer = Objects.toString(jwt.getClaims().get("iss"), "");
    Object claim =
        issuer.equals(TokenIssuer.ISSUER)
            ? jwt.getClaims().get(TokenIssuer.ROLES)
            : claim(jwt.getClaims());
    return Mono.just(
        new CallerAuthentication(
            new Caller(new CustomerId(jwt.getSubject()), TokenConfiguration.knownRoles(claim))));
  }

  private Object claim(Map<String, Object> claims) {
    // A claim may be named by a URL, with dots of its own.
    if (claims.containsKey(externalClaim)) {
      return claims.get(externalClaim);
    }
    Object at = claims;
    for (String name : externalClaim.split("\\.")) {
      at = at instanceof Map<?, ?> object ? object.get(name) : null;
    }
    return at;
  }
}
