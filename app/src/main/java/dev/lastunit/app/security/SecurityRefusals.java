package dev.lastunit.app.security;

import dev.lastunit.app.web.ProblemWriter;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.WebFilterExchange;
import org.springframework.security.web.server.authentication.ServerAuthenticationFailureHandler;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** What is answered when Spring Security lets a request go no further. */
@Component
class SecurityRefusals
    implements ServerAuthenticationEntryPoint,
        ServerAuthenticationFailureHandler,
        ServerAccessDeniedHandler,
        ServerExchangeRejectedHandler {

  private static final Set<HttpMethod> METHODS =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.PATCH,
          HttpMethod.DELETE,
          HttpMethod.OPTIONS);

  private final ProblemWriter writer;

  SecurityRefusals(ProblemWriter writer) {
    this.writer = writer;
  }

  /** No token, or one that is not accepted. */
  @Override
  public Mono<Void> commence(ServerWebExchange exchange, AuthenticationException failure) {
    String challenge = "Bearer";
    String detail = "Send a token: Authorization: Bearer <token>";
    if (failure instanceof OAuth2AuthenticationException refused) {
      OAuth2Error error = refused.getError();
      detail = "The token is not accepted";
      challenge = "Bearer error=\"" + error.getErrorCode() + "\"";
      String reason = reason(error.getDescription());
      if (reason != null) {
        detail += ": " + reason;
        challenge += ", error_description=\"" + reason + "\"";
      }
    }
    return writer.write(
        exchange, new Problem(ErrorCode.UNAUTHENTICATED, detail), challenge(challenge));
  }

  /** The token could not be looked at: its issuer does not answer, and that is not the client's. */
  @Override
  public Mono<Void> onAuthenticationFailure(
      WebFilterExchange filterExchange, AuthenticationException failure) {
    ServerWebExchange exchange = filterExchange.getExchange();
    if (failure instanceof AuthenticationServiceException) {
      return writer.write(
          exchange,
          new Problem(ErrorCode.OVERLOADED, "The token's issuer does not answer; try again"),
          HttpHeaders.EMPTY);
    }
    return commence(exchange, failure);
  }

  /** A token without the role. */
  @Override
  public Mono<Void> handle(ServerWebExchange exchange, AccessDeniedException denied) {
    return writer.write(
        exchange,
        new Problem(ErrorCode.FORBIDDEN, "The token's roles do not allow this"),
        challenge("Bearer error=\"insufficient_scope\""));
  }

  /** A path, method or header that two programs could read differently. */
  @Override
  public Mono<Void> handle(ServerWebExchange exchange, ServerExchangeRejectedException rejected) {
    if (!METHODS.contains(exchange.getRequest().getMethod())) {
      HttpHeaders headers = new HttpHeaders();
      headers.setAllow(METHODS);
      return writer.write(
          exchange,
          new Problem(
              ErrorCode.METHOD_NOT_ALLOWED,
              "The method is not offered anywhere",
              List.of(),
              Map.of("allowed", METHODS.stream().map(HttpMethod::name).sorted().toList())),
          headers);
    }
    return writer.write(
        exchange,
        new Problem(
            ErrorCode.MALFORMED_REQUEST,
            "The address has characters that are not accepted, such as // ; or an encoded slash"),
        HttpHeaders.EMPTY);
  }

  /** Without characters that would end the quoted text, and without what a library may quote. */
  private static String reason(String description) {
    if (description == null || !description.matches("[A-Za-z0-9 ,.:;'()-]{1,200}")) {
      return null;
    }
    return description;
  }

  private static HttpHeaders challenge(String value) {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.WWW_AUTHENTICATE, value);
    return headers;
  }
}
