package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.security.AccessRules.Rule;
import dev.lastunit.app.web.EdgesServer;
import dev.lastunit.app.web.Refusal;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * The contract's tables, written down a second time and asked for over HTTP: every row by every
 * role and by nobody. What is let through meets no controller here, and is answered by anything but
 * 401 and 403.
 */
class AccessTableTest {

  /** Who may, by row; {@code -} for anyone without a token. */
  private static final String CONTRACT =
      """
      POST /v1/sessions                                        -
      POST /v1/dev/tokens                                      -
      GET /v1/products                                         -
      GET /v1/products/suggestions                             -
      GET /v1/products/85123A                                  -
      GET /v1/products/85123A/availability/events              -
      GET /v1/products/availability/events?sku=85123A          -
      PUT /v1/products/85123A                                  operator
      DELETE /v1/products/85123A                               operator
      GET /v1/categories                                       -
      POST /v1/catalogue/imports                               operator
      GET /v1/catalogue/imports/1                              operator
      GET /v1/catalogue/imports/1/events                       operator
      GET /v1/inventory/85123A                                 operator,warehouse
      GET /v1/inventory/85123A?position=7                      analyst,operator
      GET /v1/inventory/85123A?at=2026-11-23T19:04:05Z         analyst,operator
      GET /v1/inventory/85123A/reservations                    operator
      GET /v1/inventory/85123A/history                         analyst,operator,warehouse
      POST /v1/inventory/85123A/receipts                       warehouse
      POST /v1/inventory/85123A/adjustments                    warehouse
      PUT /v1/inventory/85123A/policy                          operator
      POST /v1/carts                                           customer
      GET /v1/carts/1                                          customer
      GET /v1/carts/1?position=7                               analyst,operator
      PUT /v1/carts/1/items/85123A                             customer
      DELETE /v1/carts/1/items/85123A                          customer
      POST /v1/orders                                          customer
      GET /v1/orders                                           customer,operator
      GET /v1/orders/1                                         customer,operator
      GET /v1/orders/1?at=2026-11-23T19:04:05Z                 analyst,operator
      GET /v1/orders/1/events                                  customer,operator
      GET /v1/orders/1/history                                 analyst,operator
      POST /v1/orders/1/cancellation                           customer,operator
      POST /v1/orders/1/returns                                customer,operator
      POST /v1/payments/webhooks/simulator                     -
      GET /v1/payments/1                                       customer,operator
      GET /v1/shipments                                        warehouse
      POST /v1/shipments/1/dispatch                            warehouse
      POST /v1/shipments/1/delivery                            warehouse
      GET /v1/events                                           analyst
      GET /v1/events?position=7                                analyst
      GET /v1/projections                                      operator
      POST /v1/projections/products/replays                    operator
      GET /v1/projections/products/replays/current/events      operator
      GET /v1/audit/invariants                                 analyst,operator
      GET /v1/audit/ledger                                     analyst
      GET /v1/audit/ledger/balance                             analyst
      GET /v1/audit/reconciliations                            analyst,operator
      POST /v1/audit/reconciliations                           operator
      GET /v1/audit/chain                                      analyst
      GET /v1/parked                                           operator
      POST /v1/parked/1/retry                                  operator
      POST /v1/parked/1/abandon                                operator
      """;

  private static final List<String> ROLES =
      List.of(Caller.CUSTOMER, Caller.OPERATOR, Caller.WAREHOUSE, Caller.ANALYST);

  private static final Map<String, WebTestClient> CLIENTS =
      ROLES.stream()
          .collect(
              Collectors.toMap(
                  role -> role, role -> EdgesServer.shared().client("s-" + role, role)));

  record Row(HttpMethod method, String path, Set<String> roles) {

    @Override
    public String toString() {
      return method + " " + path + " " + roles;
    }
  }

  static Stream<Row> rows() {
    return CONTRACT
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .map(
            part ->
                new Row(
                    HttpMethod.valueOf(part[0]),
                    part[1],
                    part[2].equals("-") ? Set.of() : Set.of(part[2].split(","))));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void letsInWhoeverTheContractSaysAndNobodyElse(Row row) {
    var nobody = EdgesServer.shared().client().method(row.method()).uri(row.path()).exchange();
    if (row.roles().isEmpty()) {
      assertThat(nobody.expectBody().returnResult().getStatus().value()).isNotIn(401, 403);
    } else {
      Refusal refusal = Refusal.of(nobody, ErrorCode.UNAUTHENTICATED);
      assertThat(refusal.headers().getFirst("WWW-Authenticate")).isEqualTo("Bearer");
    }
    Map<String, Boolean> letIn = new TreeMap<>();
    for (String role : ROLES) {
      var response = CLIENTS.get(role).method(row.method()).uri(row.path()).exchange();
      if (row.roles().isEmpty() || row.roles().contains(role)) {
        letIn.put(role, response.expectBody().returnResult().getStatus().value() != 403);
      } else {
        Refusal refusal = Refusal.of(response, ErrorCode.FORBIDDEN);
        assertThat(refusal.headers().getFirst("WWW-Authenticate"))
            .isEqualTo("Bearer error=\"insufficient_scope\"");
      }
    }
    assertThat(letIn.values()).as("let in: " + letIn).containsOnly(true);
  }

  @Test
  void hasNoRowThatTheContractHasNot() {
    Set<String> written =
        rows()
            .map(row -> row.method() + " " + row.path().replaceAll("\\?.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> enforced = new TreeSet<>();
    for (Rule rule : AccessRules.table()) {
      enforced.add(
          rule.method()
              + " "
              + rule.pattern()
                  .getPatternString()
                  .replace("{sku}", "85123A")
                  .replace("{provider}", "simulator")
                  .replace("{name}", "products")
                  .replaceAll("\\{\\w+}", "1"));
    }
    assertThat(enforced).isEqualTo(written);
  }

  @Test
  void letsHeadInWhereGetIs() {
    EdgesServer.shared()
        .client()
        .head()
        .uri("/v1/products/1")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody();
    EdgesServer.shared()
        .client()
        .head()
        .uri("/v1/carts/1")
        .exchange()
        .expectStatus()
        .isUnauthorized()
        .expectBody();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1", "/v1/", "/v1/nothing", "/v1/products/a/b", "/v1/orders/1/nothing"})
  void tellsOnlyThoseWithATokenThatThereIsNothing(String path) {
    Refusal.of(EdgesServer.shared().client().get().uri(path).exchange(), ErrorCode.UNAUTHENTICATED);
    Refusal.of(CLIENTS.get("customer").get().uri(path).exchange(), ErrorCode.NOT_FOUND);
  }

  @Test
  void tellsOnlyThoseWithATokenWhichMethodsThereAre() {
    Refusal.of(
        EdgesServer.shared().client().patch().uri("/v1/carts/1").exchange(),
        ErrorCode.UNAUTHENTICATED);
    Refusal refusal =
        Refusal.of(
            CLIENTS.get("warehouse").patch().uri("/v1/carts/1").exchange(),
            ErrorCode.METHOD_NOT_ALLOWED);
    assertThat(refusal.headers().getAllow()).containsExactly(HttpMethod.GET);
  }

  @Test
  void closesWhatTheTableHasForgotten() {
    for (String role : ROLES) {
      Refusal.of(CLIENTS.get(role).get().uri("/v1/forgotten/1").exchange(), ErrorCode.FORBIDDEN);
    }
  }

  @Test
  void letsATokenWithoutRolesDoNothing() {
    WebTestClient client =
        EdgesServer.shared()
            .client(
                EdgesServer.shared()
                    .bean(TokenIssuer.class)
                    .issue("nobody", List.of("admin"), Duration.ofMinutes(5))
                    .token());

    Refusal.of(client.get().uri("/v1/orders").exchange(), ErrorCode.FORBIDDEN);
    client.get().uri("/v1/products/1").exchange().expectStatus().isOk().expectBody();
  }
}
