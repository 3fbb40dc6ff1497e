package dev.lastunit.app.security;

import com.nimbusds.jose.jwk.JWK;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.CustomerId;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Flux;

/**
 * Which tokens are accepted.
 *
 * <p>Ours (guests and, in the embedded default, developers) always; when {@code
 * spring.security.oauth2.resourceserver.jwt.issuer-uri} names an external issuer, also that one's,
 * and of ours the guests' only: a development token from before is worth nothing any more.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({SecurityProperties.class, OAuth2ResourceServerProperties.class})
class TokenConfiguration {

  /** Clocks of other machines may be off by this much. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  private static final Set<String> ROLES =
      Set.of(Caller.CUSTOMER, Caller.OPERATOR, Caller.WAREHOUSE, Caller.ANALYST);

  /** Signatures only that need the issuer's private key. */
  private static final Set<SignatureAlgorithm> DEFAULT_ALGORITHMS =
      Set.of(SignatureAlgorithm.RS256, SignatureAlgorithm.PS256, SignatureAlgorithm.ES256);

  @Bean
  @ConditionalOnMissingBean(SigningKeys.class)
  SigningKeys signingKeys(DataSource dataSource, Supplier<UUID> idSource) {
    return new JdbcSigningKeys(dataSource, idSource);
  }

  @Bean
  TokenIssuer tokenIssuer(SigningKeys keys, Clock clock, Supplier<UUID> idSource) {
    return new TokenIssuer(keys, clock, idSource);
  }

  @Bean
  ReactiveJwtDecoder tokenDecoder(
      SigningKeys keys, Clock clock, OAuth2ResourceServerProperties properties) {
    Map<String, ReactiveJwtDecoder> byIssuer = new HashMap<>();
    String external = properties.getJwt().getIssuerUri();
    boolean hasExternal = external != null && !external.isBlank();
    byIssuer.put(TokenIssuer.ISSUER, own(keys, clock, hasExternal));
    if (hasExternal) {
      byIssuer.put(external, external(properties.getJwt(), clock));
    }
    return new TokenDecoder(byIssuer, clock);
  }

  @Bean
  CallerConverter callerConverter(SecurityProperties properties) {
    return new CallerConverter(properties.rolesClaim());
  }

  private static ReactiveJwtDecoder own(SigningKeys keys, Clock clock, boolean guestsOnly) {
    List<JWK> publicKeys = keys.all().stream().map(key -> (JWK) key.toPublicJWK()).toList();
    NimbusReactiveJwtDecoder decoder =
        NimbusReactiveJwtDecoder.withJwkSource(token -> Flux.fromIterable(publicKeys))
            .jwsAlgorithm(SignatureAlgorithm.ES256)
            .build();
    List<OAuth2TokenValidator<Jwt>> checks = new ArrayList<>();
    checks.add(times(clock, Duration.ZERO));
    checks.add(new JwtIssuerValidator(TokenIssuer.ISSUER));
    checks.add(
        check(
            "The token is for another audience",
            jwt -> jwt.getAudience() != null && jwt.getAudience().contains(TokenIssuer.AUDIENCE)));
    checks.add(subject());
    if (guestsOnly) {
      checks.add(
          check(
              "Only guests' tokens of our own are accepted beside the external issuer's",
              jwt ->
                  Guests.isGuest(jwt.getSubject())
                      && List.of(Caller.CUSTOMER).equals(jwt.getClaims().get(TokenIssuer.ROLES))));
    }
    decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(checks));
    return decoder;
  }

  private static ReactiveJwtDecoder external(
      OAuth2ResourceServerProperties.Jwt properties, Clock clock) {
    var builder =
        properties.getJwkSetUri() == null
            ? NimbusReactiveJwtDecoder.withIssuerLocation(properties.getIssuerUri())
            : NimbusReactiveJwtDecoder.withJwkSetUri(properties.getJwkSetUri());
    NimbusReactiveJwtDecoder decoder =
        builder
            .jwsAlgorithms(
                algorithms -> {
                  algorithms.clear();
                  algorithms.addAll(algorithms(properties.getJwsAlgorithms()));
                })
            .validateType(false)
            .build();
    List<OAuth2TokenValidator<Jwt>> checks = new ArrayList<>();
    // Access tokens of RFC 9068 have a type of their own, older ones none or JWT.
    JwtTypeValidator type = new JwtTypeValidator("JWT", "at+jwt");
    type.setAllowEmpty(true);
    checks.add(type);
    checks.add(times(clock, SKEW));
    checks.add(new JwtIssuerValidator(properties.getIssuerUri()));
    if (properties.getAudiences() != null && !properties.getAudiences().isEmpty()) {
      checks.add(
          check(
              "The token is for another audience",
              jwt ->
                  jwt.getAudience() != null
                      && properties.getAudiences().stream().anyMatch(jwt.getAudience()::contains)));
    }
    checks.add(subject());
    checks.add(
        check(
            "The subject's form is reserved for guests", jwt -> !Guests.isGuest(jwt.getSubject())));
    decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(checks));
    return decoder;
  }

  private static Set<SignatureAlgorithm> algorithms(List<String> names) {
    if (names == null || names.isEmpty() || names.equals(List.of("RS256"))) {
      // RS256 alone is what Spring Boot says when nobody has said anything.
      return DEFAULT_ALGORITHMS;
    }
    Set<SignatureAlgorithm> algorithms = new LinkedHashSet<>();
    for (String name : names) {
      SignatureAlgorithm algorithm = SignatureAlgorithm.from(name);
      if (algorithm == null) {
        throw new IllegalArgumentException(
            "spring.security.oauth2.resourceserver.jwt.jws-algorithms has '"
                + name
                + "', which is no signature by a private key");
      }
      algorithms.add(algorithm);
    }
    return algorithms;
  }

  private static OAuth2TokenValidator<Jwt> times(Clock clock, Duration skew) {
    JwtTimestampValidator times = new JwtTimestampValidator(skew);
    times.setClock(clock);
    times.setAllowEmptyExpiryClaim(false);
    return times;
  }

  private static OAuth2TokenValidator<Jwt> subject() {
    return check(
        "The token has no subject of 1 to 160 characters",
        jwt -> {
          try {
            return new CustomerId(jwt.getSubject()).value() != null;
          } catch (IllegalArgumentException e) {
            return false;
          }
        });
  }

  private static OAuth2TokenValidator<Jwt> check(String otherwise, Predicate<Jwt> holds) {
    OAuth2TokenValidatorResult refused =
        OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", otherwise, null));
    return jwt -> holds.test(jwt) ? OAuth2TokenValidatorResult.success() : refused;
  }

  /** The roles of ours among what a claim holds; others are somebody else's and are ignored. */
  static Set<String> knownRoles(Object claim) {
    Set<String> roles = new LinkedHashSet<>();
    if (claim instanceof Collection<?> values) {
      for (Object value : values) {
        if (value instanceof String role && ROLES.contains(role)) {
          roles.add(role);
        }
      }
    }
    return Set.copyOf(roles);
  }

  /** Whether there is such a role. */
  static boolean isRole(String name) {
    return name != null && ROLES.contains(name);
  }
}
