package dev.lastunit.app.security;

import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import dev.lastunit.shared.api.Caller;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Who may call what: the contract's tables as code, and nothing else. A role is what it is: an
 * operator may not do what a warehouse may unless the table says so.
 *
 * <p>A call under {@code /v1} that is not in the table is nobody's; see {@link AccessDecision}.
 */
final class AccessRules {

  private static final String[] NOBODY_IN_PARTICULAR = {};

  private static final List<Rule> TABLE =
      List.of(
          // Tokens. Dev tokens are not there at all outside the embedded default.
          anyone(POST, "/v1/sessions"),
          anyone(POST, "/v1/dev/tokens"),
          // Catalogue.
          anyone(GET, "/v1/products"),
          anyone(GET, "/v1/products/suggestions"),
          anyone(GET, "/v1/products/{sku}"),
          anyone(GET, "/v1/products/{sku}/availability/events"),
          anyone(GET, "/v1/products/availability/events"),
          anyone(GET, "/v1/categories"),
          rule(PUT, "/v1/products/{sku}", Caller.OPERATOR),
          rule(DELETE, "/v1/products/{sku}", Caller.OPERATOR),
          rule(POST, "/v1/catalogue/imports", Caller.OPERATOR),
          rule(GET, "/v1/catalogue/imports/{id}", Caller.OPERATOR),
          rule(GET, "/v1/catalogue/imports/{id}/events", Caller.OPERATOR),
          // Inventory.
          rule(GET, "/v1/inventory/{sku}", Caller.OPERATOR, Caller.WAREHOUSE).withPast(),
          rule(GET, "/v1/inventory/{sku}/reservations", Caller.OPERATOR),
          rule(
              GET,
              "/v1/inventory/{sku}/history",
              Caller.OPERATOR,
              Caller.WAREHOUSE,
              Caller.ANALYST),
          rule(POST, "/v1/inventory/{sku}/receipts", Caller.WAREHOUSE),
          rule(POST, "/v1/inventory/{sku}/adjustments", Caller.WAREHOUSE),
          rule(PUT, "/v1/inventory/{sku}/policy", Caller.OPERATOR),
          // Carts.
          rule(POST, "/v1/carts", Caller.CUSTOMER),
          rule(GET, "/v1/carts/{cartId}", Caller.CUSTOMER).withPast(),
          rule(PUT, "/v1/carts/{cartId}/items/{sku}", Caller.CUSTOMER),
          rule(DELETE, "/v1/carts/{cartId}/items/{sku}", Caller.CUSTOMER),
          // Orders. Whose they are is decided where they are read.
          rule(POST, "/v1/orders", Caller.CUSTOMER),
          rule(GET, "/v1/orders", Caller.CUSTOMER, Caller.OPERATOR),
          rule(GET, "/v1/orders/{orderId}", Caller.CUSTOMER, Caller.OPERATOR).withPast(),
          rule(GET, "/v1/orders/{orderId}/events", Caller.CUSTOMER, Caller.OPERATOR),
          rule(GET, "/v1/orders/{orderId}/history", Caller.OPERATOR, Caller.ANALYST),
          rule(POST, "/v1/orders/{orderId}/cancellation", Caller.CUSTOMER, Caller.OPERATOR),
          rule(POST, "/v1/orders/{orderId}/returns", Caller.CUSTOMER, Caller.OPERATOR),
          // Payments. A webhook is known by its signature.
          anyone(POST, "/v1/payments/webhooks/{provider}"),
          rule(GET, "/v1/payments/{paymentId}", Caller.CUSTOMER, Caller.OPERATOR),
          // Fulfilment.
          rule(GET, "/v1/shipments", Caller.WAREHOUSE),
          rule(POST, "/v1/shipments/{id}/dispatch", Caller.WAREHOUSE),
          rule(POST, "/v1/shipments/{id}/delivery", Caller.WAREHOUSE),
          // Analysts and operators.
          rule(GET, "/v1/events", Caller.ANALYST),
          rule(GET, "/v1/projections", Caller.OPERATOR),
          rule(POST, "/v1/projections/{name}/replays", Caller.OPERATOR),
          rule(GET, "/v1/projections/{name}/replays/current/events", Caller.OPERATOR),
          rule(GET, "/v1/audit/invariants", Caller.OPERATOR, Caller.ANALYST),
          rule(GET, "/v1/audit/ledger", Caller.ANALYST),
          rule(GET, "/v1/audit/ledger/balance", Caller.ANALYST),
          rule(GET, "/v1/audit/reconciliations", Caller.OPERATOR, Caller.ANALYST),
          rule(POST, "/v1/audit/reconciliations", Caller.OPERATOR),
          rule(GET, "/v1/audit/chain", Caller.ANALYST),
          rule(GET, "/v1/parked", Caller.OPERATOR),
          rule(POST, "/v1/parked/{id}/retry", Caller.OPERATOR),
          rule(POST, "/v1/parked/{id}/abandon", Caller.OPERATOR));

  private AccessRules() {}

  /**
   * One row.
   *
   * @param method of the request; HEAD is allowed where GET is
   * @param pattern of the path
   * @param roles one of them is enough; empty when no token is needed
   * @param past whether {@code ?at=} and {@code ?position=} ask for the past, which is for
   *     operators and analysts, whoever may see the present
   */
  record Rule(HttpMethod method, PathPattern pattern, Set<String> roles, boolean past) {

    private static final Set<String> MAY_SEE_THE_PAST = Set.of(Caller.OPERATOR, Caller.ANALYST);

    private Rule withPast() {
      return new Rule(method, pattern, roles, true);
    }

    /** Whether no token is needed. */
    boolean open() {
      return roles.isEmpty();
    }

    /**
     * The roles for a request.
     *
     * @param askedForThePast whether the query has {@code at} or {@code position}
     */
    Set<String> roles(boolean askedForThePast) {
      return past && askedForThePast ? MAY_SEE_THE_PAST : roles;
    }
  }

  /** All rows, in the contract's order. */
  static List<Rule> table() {
    return TABLE;
  }

  /** The row for a request; empty when there is none. */
  static Optional<Rule> find(HttpMethod method, PathContainer path) {
    HttpMethod asked = method == HttpMethod.HEAD ? GET : method;
    Rule best = null;
    for (Rule rule : TABLE) {
      if (rule.method().equals(asked)
          && rule.pattern().matches(path)
          && (best == null || rule.pattern().compareTo(best.pattern()) < 0)) {
        best = rule;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The rows of a path as it is mapped, whatever its variables are called. */
  static List<Rule> of(String pattern) {
    String normal = withoutNames(pattern);
    List<Rule> rules = new ArrayList<>();
    for (Rule rule : TABLE) {
      if (withoutNames(rule.pattern().getPatternString()).equals(normal)) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private static String withoutNames(String pattern) {
    return pattern.replaceAll("\\{[^}/]*}", "{}");
  }

  private static Rule anyone(HttpMethod method, String path) {
    return rule(method, path, NOBODY_IN_PARTICULAR);
  }

  private static Rule rule(HttpMethod method, String path, String... roles) {
    return new Rule(
        method,
        PathPatternParser.defaultInstance.parse(path),
        Set.copyOf(new LinkedHashSet<>(List.of(roles))),
        false);
  }
}
