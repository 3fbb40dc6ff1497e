package dev.lastunit.app.security;

import dev.lastunit.app.security.AccessRules.Rule;
import dev.lastunit.shared.api.Caller;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.TreeSet;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;

/**
 * The API's description at {@code /v3/api-docs}: what the controllers say of themselves, and what
 * is the same for all. Who may call what comes from {@link AccessRules}, so that it cannot differ
 * from what is enforced.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

  private static final String BEARER = "bearer";
  private static final String PROBLEM = "Problem";
  private static final String PROBLEM_RESPONSE = "#/components/responses/" + PROBLEM;

  /** Reads and writes of these tell and await positions of the event store. */
  private static final List<String> POSITIONED =
      List.of(
          "/v1/products",
          "/v1/categories",
          "/v1/catalogue",
          "/v1/inventory",
          "/v1/carts",
          "/v1/orders",
          "/v1/payments/{",
          "/v1/shipments");

  static {
    // Comes from the token, not from the request's parameters.
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
  }

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Lastunit")
                .version("v1")
                .description(
                    "Commerce backend: one purchase is one order and one charge, and the last unit"
                        + " is sold once. Refusals are application/problem+json; their types are"
                        + " explained at /problems.")
                .license(new License().name("Apache License 2.0").identifier("Apache-2.0")))
        .components(
            new Components()
                .addSecuritySchemes(
                    BEARER,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .bearerFormat("JWT")
                        .description("From POST /v1/sessions, or from your OIDC issuer"))
                .addSchemas(PROBLEM, problemSchema())
                .addResponses(
                    PROBLEM,
                    new ApiResponse()
                        .description("A refusal; its type says which, see /problems")
                        .content(
                            new Content()
                                .addMediaType(
                                    "application/problem+json",
                                    new MediaType()
                                        .schema(
                                            new Schema<>()
                                                .$ref("#/components/schemas/" + PROBLEM))))));
  }

  @Bean
  GlobalOpenApiCustomizer rolesAndProblems() {
    return api -> {
      if (api.getPaths() != null) {
        api.getPaths()
            .forEach(
                (path, item) ->
                    item.readOperationsMap()
                        .forEach((method, operation) -> complete(path, method, operation)));
      }
    };
  }

  private static void complete(String path, PathItem.HttpMethod method, Operation operation) {
    ApiResponses responses =
        operation.getResponses() == null ? new ApiResponses() : operation.getResponses();
    operation.setResponses(responses);
    AccessRules.find(HttpMethod.valueOf(method.name()), PathContainer.parsePath(path))
        .ifPresent(rule -> addRoles(rule, operation, responses));
    responses.putIfAbsent("default", new ApiResponse().$ref(PROBLEM_RESPONSE));
    if (POSITIONED.stream().anyMatch(path::startsWith) && !path.endsWith("/events")) {
      addPositions(method, operation, responses);
    }
  }

  private static void addRoles(Rule rule, Operation operation, ApiResponses responses) {
    if (rule.open()) {
      operation.setSecurity(List.of());
      return;
    }
    operation.setSecurity(List.of(new SecurityRequirement().addList(BEARER)));
    String roles = "Roles: " + String.join(", ", new TreeSet<>(rule.roles(false))) + ".";
    if (rule.past() && hasParameter(operation, "at")) {
      roles += " With at or position: " + String.join(", ", new TreeSet<>(rule.roles(true))) + ".";
    }
    String said = operation.getDescription();
    operation.setDescription(said == null || said.isBlank() ? roles : said + "\n\n" + roles);
    responses.putIfAbsent("401", new ApiResponse().$ref(PROBLEM_RESPONSE));
    responses.putIfAbsent("403", new ApiResponse().$ref(PROBLEM_RESPONSE));
  }

  private static void addPositions(
      PathItem.HttpMethod method, Operation operation, ApiResponses responses) {
    if (method == PathItem.HttpMethod.GET && !hasParameter(operation, "Min-Event-Position")) {
      operation.addParametersItem(
          new Parameter()
              .in("header")
              .name("Min-Event-Position")
              .description(
                  "Waits up to 2 s until the read model has got this far, then 503"
                      + " read-model-behind")
              .schema(integer()));
    }
    responses.forEach(
        (status, response) -> {
          if (status.startsWith("2") && response.get$ref() == null) {
            response.addHeaderObject(
                "Event-Position",
                new Header()
                    .description("Global position of the last event written, or read up to")
                    .schema(integer()));
          }
        });
  }

  private static boolean hasParameter(Operation operation, String name) {
    return operation.getParameters() != null
        && operation.getParameters().stream()
            .anyMatch(parameter -> name.equals(parameter.getName()));
  }

  private static Schema<?> integer() {
    return typed("integer").format("int64");
  }

  private static Schema<?> typed(String type) {
    Schema<Object> schema = new Schema<>();
    schema.setType(type);
    schema.addType(type);
    return schema;
  }

  private static Schema<?> problemSchema() {
    Schema<?> violation =
        typed("object")
            .addProperty("field", typed("string").example("items[2].quantity"))
            .addProperty("message", typed("string").example("must be a whole number"));
    Schema<?> violations = typed("array");
    violations.setItems(violation);
    Schema<?> problem =
        typed("object")
            .description("RFC 9457. Some types have further members, for example orderId.")
            .addProperty("type", typed("string").example("/problems/invalid-field"))
            .addProperty("title", typed("string"))
            .addProperty("status", typed("integer").example(422))
            .addProperty("detail", typed("string"))
            .addProperty("instance", typed("string").example("/v1/orders"))
            .addProperty("violations", violations)
            .addProperty(
                "retrySafe",
                typed("boolean").description("Whether the same request may be sent again"))
            .addProperty(
                "outcomeKnown",
                typed("boolean")
                    .description("False when the request may have had its effect or not"));
    problem.setRequired(List.of("type", "title", "status", "detail", "instance"));
    problem.setAdditionalProperties(true);
    return problem;
  }
}
