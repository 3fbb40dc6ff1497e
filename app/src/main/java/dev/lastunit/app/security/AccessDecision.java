package dev.lastunit.app.security;

import dev.lastunit.app.security.AccessRules.Rule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.authorization.ReactiveAuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.authorization.AuthorizationContext;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Decides by {@link AccessRules} whether a request may go on.
 *
 * <p>Under {@code /v1}, what is not in the table needs a token and then goes on to its 404 or 405,
 * with one exception: a controller's method that the table has forgotten is closed to everybody,
 * and the log says so at the start. Outside {@code /v1} everything is open, except the parts of the
 * actuator that are not the three public ones.
 */
@Component
class AccessDecision implements ReactiveAuthorizationManager<AuthorizationContext> {

  private static final Logger LOG = LoggerFactory.getLogger(AccessDecision.class);

  private static final AuthorizationDecision YES = new AuthorizationDecision(true);
  private static final AuthorizationDecision NO = new AuthorizationDecision(false);

  private static final List<String> OPEN_ACTUATOR =
      List.of("/actuator/health", "/actuator/info", "/actuator/prometheus");

  private final ObjectProvider<RequestMappingHandlerMapping> mappings;
  private volatile Map<PathPattern, Set<RequestMethod>> forgotten;

  AccessDecision(ObjectProvider<RequestMappingHandlerMapping> mappings) {
    this.mappings = mappings;
  }

  @Override
  public Mono<AuthorizationResult> authorize(
      Mono<Authentication> authentication, AuthorizationContext context) {
    var request = context.getExchange().getRequest();
    PathContainer path = request.getPath().pathWithinApplication();
    if (!path.value().startsWith("/v1/") && !path.value().equals("/v1")) {
      return isClosedActuator(path.value())
          ? authentication.<AuthorizationResult>map(_ -> NO).defaultIfEmpty(NO)
          : Mono.just(YES);
    }
    Optional<Rule> rule = AccessRules.find(request.getMethod(), path);
    if (rule.isPresent() && rule.get().open()) {
      return Mono.just(YES);
    }
    return authentication
        .filter(CallerAuthentication.class::isInstance)
        .<AuthorizationResult>map(
            who ->
                rule.map(row -> holdsOne(who, row.roles(asksForThePast(request.getQueryParams()))))
                        .orElseGet(() -> !isForgotten(request.getMethod(), path))
                    ? YES
                    : NO)
        .defaultIfEmpty(NO);
  }

  private static boolean isClosedActuator(String path) {
    return (path.equals("/actuator") || path.startsWith("/actuator/"))
        && OPEN_ACTUATOR.stream()
            .noneMatch(open -> path.equals(open) || path.startsWith(open + "/"));
  }

  private static boolean asksForThePast(MultiValueMap<String, String> query) {
    return query.containsKey("at") || query.containsKey("position");
  }

  private static boolean holdsOne(Authentication who, Set<String> roles) {
    return ((CallerAuthentication) who).caller().roles().stream().anyMatch(roles::contains);
  }

  private boolean isForgotten(HttpMethod method, PathContainer path) {
    RequestMethod asked =
        RequestMethod.resolve(method == HttpMethod.HEAD ? HttpMethod.GET : method);
    return forgotten().entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().matches(path)
                    && (entry.getValue().isEmpty() || entry.getValue().contains(asked)));
  }

  /** Says at the start what nobody can call, so that it is seen before a customer does. */
  @EventListener(ApplicationReadyEvent.class)
  void warnOfTheForgotten() {
    forgotten()
        .forEach(
            (pattern, methods) ->
                LOG.error("{} {} is in no access rule and closed to everybody", methods, pattern));
  }

  private Map<PathPattern, Set<RequestMethod>> forgotten() {
    if (forgotten == null) {
      Map<PathPattern, Set<RequestMethod>> found = new LinkedHashMap<>();
      mappings.forEach(
          mapping ->
              mapping.getHandlerMethods().keySet().forEach(info -> collectForgotten(info, found)));
      forgotten = Map.copyOf(found);
    }
    return forgotten;
  }

  private static void collectForgotten(
      RequestMappingInfo info, Map<PathPattern, Set<RequestMethod>> found) {
    Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
    for (PathPattern pattern : info.getPatternsCondition().getPatterns()) {
      String path = pattern.getPatternString();
      if (!path.startsWith("/v1/")) {
        continue;
      }
      List<Rule> rules = AccessRules.of(path);
      boolean complete =
          !methods.isEmpty()
              && methods.stream()
                  .allMatch(
                      method ->
                          rules.stream().anyMatch(rule -> rule.method().matches(method.name())));
      if (!complete) {
        found.put(pattern, methods);
      }
    }
  }
}
