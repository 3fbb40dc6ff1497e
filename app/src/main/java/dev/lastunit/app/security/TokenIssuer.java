package dev.lastunit.app.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** Makes our own tokens, signed with ES256. Thread-safe, does not block. */
final class TokenIssuer {

  /** {@code iss} of our own tokens; no URL, so that no external issuer can have the same. */
  static final String ISSUER = "lastunit";

  /** {@code aud} of our own tokens. */
  static final String AUDIENCE = "lastunit";

  /** Claim that carries the roles in our own tokens. */
  static final String ROLES = "roles";

  private final ECKey key;
  private final JWSSigner signer;
  private final Clock clock;
  private final Supplier<UUID> ids;

  TokenIssuer(SigningKeys keys, Clock clock, Supplier<UUID> ids) {
    this.key = keys.all().getFirst();
    this.clock = clock;
    this.ids = ids;
    try {
      this.signer = new ECDSASigner(key);
    } catch (JOSEException e) {
      throw new IllegalStateException("The signing key cannot sign", e);
    }
  }

  /**
   * A token and when it ends.
   *
   * @param token compact form; a secret of whoever asked for it
   * @param expiresAt whole seconds
   */
  record Issued(String token, Instant expiresAt) {}

  /** Signs a token that begins now. */
  Issued issue(String subject, List<String> roles, Duration lifetime) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant end = now.plus(lifetime);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .subject(subject)
            .claim(ROLES, roles)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(end))
            .jwtID(ids.get().toString())
            .build();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(JOSEObjectType.JWT)
                .keyID(key.getKeyID())
                .build(),
            claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("A token could not be signed", e);
    }
    return new Issued(token.serialize(), end);
  }
}
