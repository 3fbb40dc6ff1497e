package dev.lastunit.app.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A key of this process for servers without a database. Only there in tests of the edges. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("lastunit.probe")
class ProbeKeysConfiguration {

  private static final List<ECKey> KEYS = List.of(key("first"));

  static ECKey key(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key of every such server of this process. */
  static ECKey current() {
    return KEYS.getFirst();
  }

  @Bean
  SigningKeys signingKeys() {
    return () -> KEYS;
  }
}
