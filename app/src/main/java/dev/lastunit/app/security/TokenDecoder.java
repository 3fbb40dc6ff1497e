package dev.lastunit.app.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Mono;

/**
 * Verifies a token by the decoder of the issuer that it names; the name is trusted for nothing
 * else, as each decoder checks it with the signature.
 *
 * <p>An accepted token is remembered for a minute, since a client sends the same one with every
 * request and verifying it costs more than most requests do. Its end is looked at every time; what
 * an external issuer has revoked otherwise (a key taken away) is noticed after that minute.
 */
final class TokenDecoder implements ReactiveJwtDecoder {

  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final long MOST_REMEMBERED = 20_000;

  private final Map<String, ReactiveJwtDecoder> byIssuer;
  private final Clock clock;
  private final Cache<String, Jwt> accepted =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(REMEMBERED).build();

  /**
   * @param byIssuer decoder by {@code iss}; each checks signature, issuer, times and subject
   */
  TokenDecoder(Map<String, ReactiveJwtDecoder> byIssuer, Clock clock) {
    this.byIssuer = Map.copyOf(byIssuer);
    this.clock = clock;
  }

  @Override
  public Mono<Jwt> decode(String token) {
    Jwt known = accepted.getIfPresent(token);
    if (known != null
        && known.getExpiresAt() != null
        && clock.instant().isBefore(known.getExpiresAt())) {
      return Mono.just(known);
    }
    return Mono.defer(() -> decoderOf(token).decode(token))
        .doOnNext(jwt -> accepted.put(token, jwt))
        .onErrorMap(
            failure -> !(failure instanceof JwtException),
            failure -> new JwtException("The token's issuer does not answer", failure));
  }

  private ReactiveJwtDecoder decoderOf(String token) {
    String issuer;
    try {
      issuer = JWTParser.parse(token).getJWTClaimsSet().getIssuer();
    } catch (ParseException | RuntimeException e) {
      throw new BadJwtException("The token could not be read");
    }
    ReactiveJwtDecoder decoder = issuer == null ? null : byIssuer.get(issuer);
    if (decoder == null) {
      throw new BadJwtException("The token's issuer is not one of ours");
    }
    return decoder;
  }
}
