package dev.lastunit.process.payment.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignaturesTest {

  private static final Instant NOW = Instant.parse("2026-11-23T19:00:00Z");
  private static final String ID = "msg_1";
  private static final byte[] BODY = "{\"type\":\"x\"}".getBytes(StandardCharsets.UTF_8);
  private static final String SECRET = secret("first secret of at least 24 b");
  private static final String OTHER = secret("other secret of at least 24 b");

  private final WebhookSignatures signatures =
      new WebhookSignatures(() -> List.of(SECRET, OTHER), Clock.fixed(NOW, ZoneOffset.UTC));

  private static String secret(String key) {
    return "whsec_" + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  /** Signs as the scheme says; written apart from the code under test. */
  static String sign(String secret, String id, long at, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] key = Base64.getDecoder().decode(secret.replace("whsec_", ""));
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      String signed = id + "." + at + "." + new String(body, StandardCharsets.UTF_8);
      byte[] code = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(code);
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static long seconds(Duration from) {
    return NOW.plus(from).getEpochSecond();
  }

  private static String now() {
    return Long.toString(NOW.getEpochSecond());
  }

  private static String good() {
    return sign(SECRET, ID, NOW.getEpochSecond(), BODY);
  }

  @Test
  void acceptsAnExampleOfTheScheme() {
    WebhookSignatures example =
        new WebhookSignatures(
            () -> List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            Clock.fixed(Instant.ofEpochSecond(1614265330), ZoneOffset.UTC));

    assertThat(
            example.genuine(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "1614265330",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
        .isTrue();
  }

  @Test
  void acceptsEitherSecretAndAnyOfSeveralSignatures() {
    assertThat(signatures.genuine(ID, now(), good(), BODY)).isTrue();
    assertThat(signatures.genuine(ID, now(), sign(OTHER, ID, NOW.getEpochSecond(), BODY), BODY))
        .isTrue();
    assertThat(signatures.genuine(ID, now(), "v1a,zzz v1,AAAA  " + good(), BODY)).isTrue();
  }

  @Test
  void refusesWhatWasChanged() {
    byte[] otherBody = "{\"type\":\"y\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(signatures.genuine(ID, now(), good(), otherBody)).isFalse();
    assertThat(signatures.genuine("msg_2", now(), good(), BODY)).isFalse();
    assertThat(signatures.genuine(ID, Long.toString(seconds(Duration.ofSeconds(1))), good(), BODY))
        .isFalse();
    assertThat(
            signatures.genuine(
                ID,
                now(),
                sign(secret("an unknown secret, 24 bytes"), ID, NOW.getEpochSecond(), BODY),
                BODY))
        .isFalse();
    assertThat(signatures.genuine(ID, now(), good().replace("v1,", "v2,"), BODY)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-300, 300})
  void acceptsWhatIsFiveMinutesOff(int off) {
    long at = seconds(Duration.ofSeconds(off));

    assertThat(signatures.genuine(ID, Long.toString(at), sign(SECRET, ID, at, BODY), BODY))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {-301, 301})
  void refusesWhatIsFurtherOff(int off) {
    long at = seconds(Duration.ofSeconds(off));

    assertThat(signatures.genuine(ID, Long.toString(at), sign(SECRET, ID, at, BODY), BODY))
        .isFalse();
  }

  @Test
  void refusesWhatIsMissingOrMalformed() {
    assertThat(signatures.genuine(null, now(), good(), BODY)).isFalse();
    assertThat(signatures.genuine(" ", now(), good(), BODY)).isFalse();
    assertThat(signatures.genuine(ID, null, good(), BODY)).isFalse();
    assertThat(signatures.genuine(ID, "soon", good(), BODY)).isFalse();
    assertThat(signatures.genuine(ID, "99999999999999999", good(), BODY)).isFalse();
    assertThat(signatures.genuine(ID, now(), null, BODY)).isFalse();
    assertThat(signatures.genuine(ID, now(), "", BODY)).isFalse();
    assertThat(signatures.genuine(ID, now(), "v1,", BODY)).isFalse();
  }

  @Test
  void refusesEverythingWithoutASecret() {
    WebhookSignatures none = new WebhookSignatures(List::of, Clock.fixed(NOW, ZoneOffset.UTC));

    assertThat(none.genuine(ID, now(), good(), BODY)).isFalse();
  }
}
