package dev.lastunit.app.security;

import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtReactiveAuthenticationManager;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
import org.springframework.security.web.server.header.ServerHttpHeadersWriter;
import org.springframework.security.web.server.savedrequest.NoOpServerRequestCache;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import reactor.core.publisher.Mono;

/**
 * The chain that every request passes: headers, token, rate, role. Stateless: no session, no
 * cookie, thus no CSRF. The payment simulator's calls, which play somebody else's service, are
 * answered before it where there is a simulator.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
class SecurityConfiguration {

  private static final List<String> API =
      List.of("/v1", "/actuator", "/simulator", "/v3", "/problems");

  @Bean
  SecurityWebFilterChain securityWebFilterChain(
      ServerHttpSecurity http,
      ReactiveJwtDecoder decoder,
      CallerConverter converter,
      AccessDecision access,
      SecurityRefusals refusals,
      RateLimits limits,
      CorsConfigurationSource cors) {
    JwtReactiveAuthenticationManager tokens = new JwtReactiveAuthenticationManager(decoder);
    tokens.setJwtAuthenticationConverter(converter);
    ReactiveAuthenticationManager manager = tokens;
    return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .requestCache(cache -> cache.requestCache(NoOpServerRequestCache.getInstance()))
        .cors(spec -> spec.configurationSource(cors))
        .headers(
            headers ->
                headers
                    .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER))
                    .permissionsPolicy(policy -> policy.policy(SecurityPolicies.PERMISSIONS))
                    .hsts(hsts -> hsts.maxAge(Duration.ofDays(365)))
                    .writer(contentPolicy()))
        .oauth2ResourceServer(
            server ->
                server
                    .authenticationEntryPoint(refusals)
                    .authenticationFailureHandler(refusals)
                    .accessDeniedHandler(refusals)
                    .jwt(jwt -> jwt.authenticationManager(manager)))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        .authorizeExchange(exchange -> exchange.anyExchange().access(access))
        .addFilterAfter(new RateLimitFilter(limits), SecurityWebFiltersOrder.AUTHENTICATION)
        .build();
  }

  /** An observation around each of its filters costs more than the filters do. */
  @Bean
  SecurityObservationSettings securityObservationSettings() {
    return SecurityObservationSettings.noObservations();
  }

  /**
   * Off unless origins are named. Without credentials: tokens come in a header, never in a cookie.
   */
  @Bean
  CorsConfigurationSource corsConfigurationSource(SecurityProperties properties) {
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    if (!properties.allowedOrigins().isEmpty()) {
      CorsConfiguration cors = new CorsConfiguration();
      cors.setAllowedOrigins(properties.allowedOrigins());
      cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "DELETE"));
      cors.setAllowedHeaders(List.of(CorsConfiguration.ALL));
      cors.setExposedHeaders(
          List.of(
              "Event-Position",
              "Idempotency-Replayed",
              "Location",
              "ETag",
              "Link",
              "Retry-After",
              "WWW-Authenticate"));
      cors.setMaxAge(Duration.ofHours(1));
      source.registerCorsConfiguration("/v1/**", cors);
    }
    return source;
  }

  private static ServerHttpHeadersWriter contentPolicy() {
    return exchange ->
        Mono.fromRunnable(
            () -> {
              HttpHeaders headers = exchange.getResponse().getHeaders();
              if (!headers.containsHeader("Content-Security-Policy")) {
                headers.set(
                    "Content-Security-Policy",
                    isApi(exchange.getRequest()) ? SecurityPolicies.API : SecurityPolicies.PAGE);
              }
            });
  }

  private static boolean isApi(ServerHttpRequest request) {
    String path = request.getPath().pathWithinApplication().value();
    return API.stream().anyMatch(start -> path.equals(start) || path.startsWith(start + "/"));
  }
}
