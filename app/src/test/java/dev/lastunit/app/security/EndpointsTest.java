package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.lastunit.app.architecture.Product;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * Every method of a controller has a row in the table of roles: one that had none would be closed
 * to everybody, which is safe and of no use.
 */
class EndpointsTest {

  record Endpoint(RequestMethod method, String path) {}

  @Test
  void areAllInTheTable() {
    TreeSet<String> forgotten = new TreeSet<>();
    List<Endpoint> endpoints = endpoints();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.path().startsWith("/v1")
          && AccessRules.of(endpoint.path()).stream()
              .noneMatch(rule -> rule.method().matches(endpoint.method().name()))) {
        forgotten.add(endpoint.toString());
      }
    }

    assertThat(endpoints).hasSizeGreaterThan(20);
    assertThat(forgotten).isEmpty();
  }

  private static List<Endpoint> endpoints() {
    List<Endpoint> endpoints = new ArrayList<>();
    Product.CLASSES.stream()
        .filter(type -> type.isAnnotatedWith(RestController.class))
        .map(JavaClass::reflect)
        .forEach(type -> collect(type, endpoints));
    return endpoints;
  }

  private static void collect(Class<?> type, List<Endpoint> endpoints) {
    RequestMapping above = AnnotatedElementUtils.findMergedAnnotation(type, RequestMapping.class);
    for (Method method : type.getDeclaredMethods()) {
      RequestMapping mapping =
          AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
      if (mapping != null) {
        for (String start : paths(above)) {
          for (String end : paths(mapping)) {
            for (RequestMethod verb : mapping.method()) {
              endpoints.add(new Endpoint(verb, start + end));
            }
          }
        }
      }
    }
  }

  private static List<String> paths(RequestMapping mapping) {
    return mapping == null || mapping.path().length == 0
        ? List.of("")
        : Stream.of(mapping.path()).toList();
  }
}
