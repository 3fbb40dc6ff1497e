package dev.lastunit.app.security;

import dev.lastunit.shared.api.Caller;
import java.util.Objects;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** A request whose token was accepted. The token itself is not kept. */
final class CallerAuthentication extends AbstractAuthenticationToken {

  private static final long serialVersionUID = 1L;

  private final transient Caller caller;

  CallerAuthentication(Caller caller) {
    super(caller.roles().stream().map(SimpleGrantedAuthority::new).toList());
    this.caller = caller;
    setAuthenticated(true);
  }

  /** Who it is; the subject is never null. */
  Caller caller() {
    return caller;
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public Object getPrincipal() {
    return caller;
  }

  @Override
  public String getName() {
    return caller.subject().value();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CallerAuthentication that && caller.equals(that.caller);
  }

  @Override
  public int hashCode() {
    return Objects.hash(caller);
  }
}
