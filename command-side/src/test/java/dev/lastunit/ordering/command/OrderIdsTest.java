package dev.lastunit.ordering.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.OrderId;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** One subject and key make one identifier, for ever. */
class OrderIdsTest {

  private static final OrderIdSecret SECRET = secret("0123456789abcdef");
  private static final CustomerId GUEST = new CustomerId("guest-1");

  private final OrderIds ids = new OrderIds(SECRET);

  /** Computed by another program: keys never expire, so the derivation can never change. */
  @Test
  void derivesWhatItAlwaysDid() {
    assertThat(ids.of(GUEST, "key-1")).isEqualTo(new OrderId("ord-cmxd572zccyqhs1694fbwndzhj"));
  }

  @Test
  void keepsSubjectsKeysAndSecretsApart() {
    var id = ids.of(GUEST, "key-1");

    assertThat(ids.of(GUEST, "key-1")).isEqualTo(id);
    assertThat(ids.of(GUEST, "key-2")).isNotEqualTo(id);
    assertThat(ids.of(new CustomerId("guest-2"), "key-1")).isNotEqualTo(id);
    assertThat(ids.of(new CustomerId("guest-1k"), "ey-1")).isNotEqualTo(id);
    assertThat(new OrderIds(secret("0123456789abcdeg")).of(GUEST, "key-1")).isNotEqualTo(id);
  }

  @Test
  void hasTheFormOfTheContract() {
    for (int i = 0; i < 100; i++) {
      assertThat(ids.of(GUEST, "key-" + i).value()).matches("ord-[0-9a-hjkmnp-tv-z]{26}");
    }
  }

  @Test
  void needsASecretOfSixteenBytesThatIsNotShown() {
    assertThatThrownBy(() -> secret("0123456789abcde"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SECRET.toString()).isEqualTo("OrderIdSecret");
  }

  @Test
  void keepsTheSecretFromBeingChanged() {
    SECRET.value()[0]++;

    assertThat(SECRET).isEqualTo(secret("0123456789abcdef"));
  }

  private static OrderIdSecret secret(String text) {
    return new OrderIdSecret(text.getBytes(StandardCharsets.US_ASCII));
  }
}
