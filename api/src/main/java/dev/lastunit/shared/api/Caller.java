package dev.lastunit.shared.api;

import java.util.Set;

/**
 * Who sent a request, as its token says. Controllers take it as a parameter.
 *
 * @param subject owner of carts and orders; null for a request without a token where none is needed
 * @param roles of {@code customer}, {@code operator}, {@code warehouse}, {@code analyst}; never
 *     null
 */
public record Caller(CustomerId subject, Set<String> roles) {

  public static final String CUSTOMER = "customer";
  public static final String OPERATOR = "operator";
  public static final String WAREHOUSE = "warehouse";
  public static final String ANALYST = "analyst";

  /** Whether the token carries the role. */
  public boolean is(String role) {
    return roles.contains(role);
  }
}
