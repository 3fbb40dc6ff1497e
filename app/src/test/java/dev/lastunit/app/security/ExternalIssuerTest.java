package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.lastunit.app.web.EdgesServer;
import dev.lastunit.app.web.Refusal;
import dev.lastunit.shared.api.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.http.MediaType;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * With an OIDC issuer of the operator's: a real one for what matters, over HTTP on this machine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExternalIssuerTest {

  private RSAKey key;
  private DisposableServer issuer;
  private String issuerUri;
  private EdgesServer server;
  private volatile boolean away;

  @BeforeAll
  void start() throws JOSEException {
    key = new RSAKeyGenerator(2048).keyID("external").generate();
    issuer =
        HttpServer.create()
            .host("localhost")
            .port(0)
            .route(
                routes ->
                    routes
                        .get(
                            "/.well-known/openid-configuration",
                            (request, response) ->
                                away
                                    ? response.status(503).send()
                                    : response
                                        .header("Content-Type", "application/json")
                                        .sendString(Mono.fromSupplier(this::configuration)))
                        .get(
                            "/keys",
                            (request, response) ->
                                response
                                    .header("Content-Type", "application/json")
                                    .sendString(
                                        Mono.just(new JWKSet(key.toPublicJWK()).toString()))))
            .bindNow();
    issuerUri = "http://localhost:" + issuer.port();
    server =
        EdgesServer.start(
            "lastunit.rate-limit=off",
            "spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuerUri,
            "spring.security.oauth2.resourceserver.jwt.audiences=shop",
            "lastunit.security.roles-claim=realm_access.roles");
  }

  @AfterAll
  void stop() {
    server.close();
    issuer.disposeNow();
  }

  private String configuration() {
    return """
    {"issuer": "%s", "jwks_uri": "%s/keys", "subject_types_supported": ["public"]}
    """
        .formatted(issuerUri, issuerUri);
  }

  private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(issuerUri)
            .audience("shop")
            .subject("alice")
            .claim("realm_access", Map.of("roles", List.of("customer", "uma_authorization")))
            .expirationTime(Date.from(Instant.now().plusSeconds(600)));
    change.accept(claims);
    return claims.build();
  }

  private String token(String type, Consumer<JWTClaimsSet.Builder> change) throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType(type))
                .keyID("external")
                .build(),
            claims(change));
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  private void refuses(String token) {
    Refusal.of(server.client(token).get().uri("/v1/carts/1").exchange(), ErrorCode.UNAUTHENTICATED);
  }

  @Test
  void acceptsItsTokensWithTheRolesWhereItPutsThem() throws JOSEException {
    for (String type : List.of("JWT", "at+jwt")) {
      server
          .client(token(type, claims -> {}))
          .get()
          .uri("/v1/carts/1")
          .exchange()
          .expectStatus()
          .isOk()
          .expectBody()
          .json("{\"subject\":\"alice\",\"roles\":[\"customer\"]}");
    }
  }

  @Test
  void refusesWhatIsNotMeantForUsOrNotSignedByIt() throws JOSEException {
    refuses(token("JWT", claims -> claims.audience("other")));
    refuses(
        token("JWT", claims -> claims.expirationTime(Date.from(Instant.now().minusSeconds(60)))));
    refuses(token("JWT", claims -> claims.expirationTime(null)));
    refuses(token("JWT", claims -> claims.issuer(issuerUri + "/other")));
    refuses(token("JWT", claims -> claims.issuer("lastunit").audience("lastunit")));
    refuses(token("dpop+jwt", claims -> {}));
    SignedJWT symmetric = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims(claims -> {}));
    symmetric.sign(
        new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
    refuses(symmetric.serialize());
  }

  @Test
  void keepsTheNamesOfGuestsForGuests() throws JOSEException {
    refuses(token("JWT", claims -> claims.subject("guest-0a03b8f2-d014-42cd-bf47-2f08793dac06")));
    server
        .client(token("JWT", claims -> claims.subject("guest-of-honour")))
        .get()
        .uri("/v1/carts/1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody();
  }

  @Test
  void stillHasGuests() {
    server
        .client(server.session().get("token").asString())
        .get()
        .uri("/v1/carts/1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody();
  }

  @Test
  void hasNoDevelopmentTokens() {
    Refusal.of(
        server
            .client()
            .post()
            .uri("/v1/dev/tokens")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"subject\":\"a\",\"roles\":[\"operator\"]}")
            .exchange(),
        ErrorCode.NOT_FOUND);
    TokenIssuer own = server.bean(TokenIssuer.class);
    refuses(own.issue("a", List.of("customer"), Duration.ofMinutes(5)).token());
    refuses(
        own.issue(
                "guest-0a03b8f2-d014-42cd-bf47-2f08793dac06",
                List.of("customer", "operator"),
                Duration.ofMinutes(5))
            .token());
  }

  @Test
  void asksToComeBackWhileTheIssuerIsAway() throws JOSEException {
    away = true;
    try (EdgesServer fresh =
        EdgesServer.start(
            "spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuerUri,
            "lastunit.security.roles-claim=realm_access.roles")) {
      String token = token("JWT", claims -> {});

      Refusal refusal =
          Refusal.of(fresh.client(token).get().uri("/v1/carts/1").exchange(), ErrorCode.OVERLOADED);
      assertThat(refusal.headers().getFirst("Retry-After")).isEqualTo("1");
      fresh.session();

      away = false;
      fresh.client(token).get().uri("/v1/carts/1").exchange().expectStatus().isOk().expectBody();
    } finally {
      away = false;
    }
  }
}
