package dev.lastunit.app.security;

import com.nimbusds.jose.jwk.ECKey;
import java.util.List;

/**
 * The keys of our own tokens: P-256 with their private part, the first signs, all verify. The same
 * on every node of one database and after every restart, so that a guest keeps the cart.
 */
interface SigningKeys {

  /**
   * The keys, newest first.
   *
   * @return at least one; the same list at every call. Does not block.
   */
  List<ECKey> all();
}
