package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.lastunit.app.web.EdgesServer;
import dev.lastunit.app.web.Refusal;
import dev.lastunit.shared.api.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Tokens that we make are accepted, and nothing that only looks like them. */
class TokensTest {

  private static final EdgesServer SERVER = EdgesServer.shared();

  @Test
  void makesEveryGuestACustomerOfItsOwn() {
    JsonNode first = SERVER.session();
    JsonNode second = SERVER.session();

    assertThat(first.get("subject").asString()).matches("guest-[0-9a-f-]{36}");
    assertThat(first.get("subject")).isNotEqualTo(second.get("subject"));
    assertThat(Instant.parse(first.get("expiresAt").asString()))
        .isBetween(
            Instant.now().plus(Duration.ofDays(30)).minusSeconds(60),
            Instant.now().plus(Duration.ofDays(30)));
    SERVER
        .client(first.get("token").asString())
        .get()
        .uri("/v1/carts/1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.subject")
        .isEqualTo(first.get("subject").asString())
        .jsonPath("$.roles.length()")
        .isEqualTo(1)
        .jsonPath("$.roles[0]")
        .isEqualTo("customer");
  }

  @Test
  void givesControllersTheCallerOrNobody() {
    SERVER
        .client("s-1", "customer", "analyst")
        .get()
        .uri("/v1/products/1")
        .exchange()
        .expectBody()
        .json("{\"subject\":\"s-1\",\"roles\":[\"analyst\",\"customer\"]}");
    SERVER
        .client()
        .get()
        .uri("/v1/products/1")
        .exchange()
        .expectBody()
        .json("{\"subject\":null,\"roles\":[]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"roles\":[\"customer\"]}                         | subject",
        "{\"subject\":\"\",\"roles\":[\"customer\"]}        | subject",
        "{\"subject\":\" \",\"roles\":[\"customer\"]}       | subject",
        "{\"subject\":\"a\\nb\",\"roles\":[\"customer\"]}   | subject",
        "{\"subject\":\"a\"}                                | roles",
        "{\"subject\":\"a\",\"roles\":[]}                   | roles",
        "{\"subject\":\"a\",\"roles\":[\"customer\",\"admin\"]} | roles[1]",
        "{\"subject\":\"a\",\"roles\":[null]}               | roles[0]",
        "{\"subject\":\"a\",\"roles\":\"customer\"}         | roles",
        "{\"subject\":5,\"roles\":[\"customer\"]}           | subject",
        "{\"subject\":\"a\",\"roles\":[\"customer\"],\"x\":1} | x"
      })
  void makesNoTokenOfABadRequest(String body, String field) {
    assertThat(wanted(body).fields()).containsExactly(field);
  }

  @Test
  void boundsTheSubject() {
    assertThat(
            wanted("{\"subject\":\"" + "x".repeat(161) + "\",\"roles\":[\"customer\"]}").fields())
        .containsExactly("subject");
    assertThat(SERVER.token("x".repeat(160), "customer")).isNotBlank();
  }

  private static Refusal wanted(String body) {
    return Refusal.of(
        SERVER
            .client()
            .post()
            .uri("/v1/dev/tokens")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(body)
            .exchange(),
        ErrorCode.INVALID_FIELD);
  }

  /** The forger's token is right in everything but one thing. */
  private static String forged(
      JWSAlgorithm algorithm, JWSSigner signer, Consumer<JWTClaimsSet.Builder> change) {
    Instant now = Instant.now();
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer("lastunit")
            .audience("lastunit")
            .subject("forger")
            .claim("roles", List.of("customer"))
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusSeconds(600)));
    change.accept(claims);
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID("first").build(),
            claims.build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  static Stream<Arguments> forgeries() throws JOSEException {
    JWSSigner ours = new ECDSASigner(ProbeKeysConfiguration.current());
    ECKey other = ProbeKeysConfiguration.key("first");
    JWSAlgorithm es = JWSAlgorithm.ES256;
    Date past = Date.from(Instant.now().minusSeconds(1));
    String good = forged(es, ours, claims -> {});
    String[] parts = good.split("\\.");
    String otherClaims =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                    .replace("customer", "operator")
                    .getBytes(StandardCharsets.UTF_8));
    byte[] publicKey =
        ProbeKeysConfiguration.current()
            .toPublicJWK()
            .toJSONString()
            .getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        Arguments.of("expired", forged(es, ours, claims -> claims.expirationTime(past))),
        Arguments.of("without an end", forged(es, ours, claims -> claims.expirationTime(null))),
        Arguments.of(
            "not yet valid",
            forged(
                es,
                ours,
                claims -> claims.notBeforeTime(Date.from(Instant.now().plusSeconds(60))))),
        Arguments.of("of another issuer", forged(es, ours, claims -> claims.issuer("other"))),
        Arguments.of("of no issuer", forged(es, ours, claims -> claims.issuer(null))),
        Arguments.of("for another audience", forged(es, ours, claims -> claims.audience("other"))),
        Arguments.of("without a subject", forged(es, ours, claims -> claims.subject(null))),
        Arguments.of(
            "with too long a subject", forged(es, ours, claims -> claims.subject("x".repeat(161)))),
        Arguments.of("signed by another key", forged(es, new ECDSASigner(other), claims -> {})),
        Arguments.of(
            "signed by the public key as a secret",
            forged(JWSAlgorithm.HS256, new MACSigner(publicKey), claims -> {})),
        Arguments.of("with other claims", parts[0] + "." + otherClaims + "." + parts[2]),
        Arguments.of("without its signature", parts[0] + "." + parts[1] + "."),
        Arguments.of(
            "signed by nobody",
            new PlainJWT(
                    new JWTClaimsSet.Builder()
                        .issuer("lastunit")
                        .audience("lastunit")
                        .subject("forger")
                        .claim("roles", List.of("operator"))
                        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                        .build())
                .serialize()),
        Arguments.of("no token", "nonsense"),
        Arguments.of("almost a token", "a.b.c"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void acceptsNoTokenThatIs(String what, String token) {
    for (String path : List.of("/v1/carts/1", "/v1/products/1")) {
      Refusal refusal =
          Refusal.of(SERVER.client(token).get().uri(path).exchange(), ErrorCode.UNAUTHENTICATED);

      assertThat(refusal.headers().getFirst("WWW-Authenticate"))
          .as(what)
          .startsWith("Bearer error=\"invalid_token\"");
      assertThat(refusal.body().toString()).doesNotContain(token);
    }
  }

  @Test
  void acceptsTheSameTokenWithoutTheForgery() throws JOSEException {
    String token =
        forged(JWSAlgorithm.ES256, new ECDSASigner(ProbeKeysConfiguration.current()), claims -> {});

    SERVER.client(token).get().uri("/v1/carts/1").exchange().expectStatus().isOk().expectBody();
  }

  @Test
  void remembersATokenNoLongerThanItLasts() throws Exception {
    String token =
        forged(
            JWSAlgorithm.ES256,
            new ECDSASigner(ProbeKeysConfiguration.current()),
            claims -> claims.expirationTime(Date.from(Instant.now().plusSeconds(2))));
    WebTestClient client = SERVER.client(token);

    client.get().uri("/v1/carts/1").exchange().expectStatus().isOk().expectBody();
    client.get().uri("/v1/carts/1").exchange().expectStatus().isOk().expectBody();
    Thread.sleep(2_100);
    Refusal.of(client.get().uri("/v1/carts/1").exchange(), ErrorCode.UNAUTHENTICATED);
  }

  @ParameterizedTest
  @CsvSource({"Basic YTpi", "Bearer", "Bearer a b", "bearer"})
  void asksForATokenWhenTheHeaderHasNone(String header) {
    Refusal.of(
        SERVER.client().get().uri("/v1/carts/1").header("Authorization", header).exchange(),
        ErrorCode.UNAUTHENTICATED);
  }

  @Test
  void takesNoTokenFromTheAddress() {
    Refusal.of(
        SERVER
            .client()
            .get()
            .uri("/v1/carts/1?access_token=" + SERVER.token("a", "customer"))
            .exchange(),
        ErrorCode.UNAUTHENTICATED);
  }
}
