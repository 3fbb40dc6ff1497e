package dev.lastunit.app.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The walls between the parts, as rules over a package root: the product's, or that of the fixtures
 * which each rule has to reject.
 */
final class Rules {

  /** The product. */
  static final String PRODUCT = "dev.lastunit";

  /** By the context of a controller, the other contexts whose aggregates it may ask. */
  private static final Map<String, Set<String>> MAY_ASK =
      Map.of(
          // An order takes the cart's contents and closes it.
          "ordering", Set.of("cart"),
          // A shipment leaves only while its order stands.
          "fulfilment", Set.of("ordering"),
          // A line of an import may bring the stock to begin with.
          "catalogue", Set.of("inventory"));

  private static final String[] BLOCKING_SQL = {
    "java.sql..", "javax.sql..", "org.springframework.jdbc..", "org.springframework.transaction.."
  };
  private static final String[] REACTIVE_SQL = {"io.r2dbc..", "org.springframework.r2dbc.."};
  private static final String[] REACTOR = {"reactor.."};
  private static final String[] WEB = {"org.springframework.web..", "org.springframework.http.."};

  private final String root;
  private final Map<String, ArchRule> rules = new LinkedHashMap<>();
  private final Set<String> packages = new TreeSet<>();

  private Rules(String root) {
    this.root = root;
    published();
    sides();
    contexts();
    domain();
    technology();
    messages();
    style();
  }

  static Rules of(String root) {
    return new Rules(root);
  }

  /** Every rule by its name. */
  Map<String, ArchRule> all() {
    return rules;
  }

  /** Every package pattern of the root that a rule names. */
  Set<String> packages() {
    return packages;
  }

  private void published() {
    add(
        "the published language sees the JDK and annotations only",
        "ADR-0012: contexts meet in it, so that it must not drag anything in",
        classes()
            .that()
            .resideInAPackage(in("*.api"))
            // The one place that says how events are written as JSON.
            .and()
            .doNotHaveFullyQualifiedName(root + ".shared.api.EventJson")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "java..",
                in("*.api"),
                "com.fasterxml.jackson.annotation..",
                "org.axonframework.modelling.command..",
                "org.axonframework.serialization..",
                "org.jspecify.."));
  }

  private void sides() {
    Map<String, String> sides =
        Map.of(
            "command side", "*.command..",
            "projections", "*.projection..",
            "query side", "*.query..",
            "processes", "process..",
            "event store", "eventstore..");
    sides.forEach(
        (name, side) -> {
          List<String> others = new ArrayList<>();
          sides.values().stream()
              .filter(other -> !other.equals(side))
              .forEach(o -> others.add(in(o)));
          others.add(in("app.."));
          add(
              "the " + name + " sees no other side",
              "ADR-0012: sides meet in the published language, so that each can be a node of its"
                  + " own",
              noClasses()
                  .that()
                  .resideInAPackage(in(side))
                  .should()
                  .dependOnClassesThat()
                  .resideInAnyPackage(others.toArray(String[]::new)));
        });
  }

  private void contexts() {
    for (String side : List.of("command", "projection", "query")) {
      add(
          "no context's " + side + " side sees another context's",
          "ADR-0012: contexts meet in the published language and in processes",
          slices()
              .matching(root + ".(*)." + side + "..")
              .should()
              .notDependOnEachOther()
              .ignoreDependency(
                  DescribedPredicate.alwaysTrue(), resideInAPackage(in("shared." + side + ".."))));
    }
    add(
        "reading sends no commands",
        "ADR-0009: reads never touch the write path",
        noClasses()
            .that()
            .resideInAnyPackage(in("*.query.."), in("*.projection.."))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(root + ".shared.api.Commands")
            .orShould()
            .callConstructorWhere(
                describe(
                    "it makes a command",
                    call -> isA(call.getTargetOwner(), root + ".shared.api.Command"))));
    add(
        "a context's write side makes its own commands, or those it is allowed to",
        "ADR-0006: processes take one context's news to another; a controller may ask another"
            + " context's aggregate before it promises anything",
        classes()
            .that()
            .resideInAPackage(in("*.command.."))
            .should(makeCommandsOfTheirOwnContextOnly()));
    add(
        "contexts have no cycles",
        "ADR-0012: what depends on itself cannot be taken apart",
        slices()
            .matching(root + ".(*)..")
            .should()
            .beFreeOfCycles()
            // Where they meet; that has a rule of its own.
            .ignoreDependency(DescribedPredicate.alwaysTrue(), resideInAPackage(in("*.api"))));
    add(
        "the published language has no cycles",
        "ADR-0012: a context is understood after those that it speaks of",
        slices()
            .matching(root + ".(*).api")
            .should()
            .beFreeOfCycles()
            // Lists every event's name.
            .ignoreDependency(
                describe(
                    "is the list of event types",
                    type -> type.getFullName().equals(root + ".shared.api.EventTypes")),
                DescribedPredicate.alwaysTrue()));
  }

  private void domain() {
    DescribedPredicate<JavaClass> decides =
        resideInAPackage(in("*.command"))
            .and(DescribedPredicate.not(resideInAPackage(in("shared.command"))))
            .as("decide");
    add(
        "what decides knows no technology",
        "ADR-0001: the domain is kept free of frameworks where that costs nothing",
        noClasses()
            .that(decides)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.springframework..",
                "reactor..",
                "io.r2dbc..",
                "java.sql..",
                "javax.sql..",
                "java.net.http..",
                "java.nio.file..",
                "java.util.concurrent..",
                "org.slf4j..",
                "io.micrometer..",
                "tools.jackson.."));
    add(
        "what decides refuses by a value",
        "ADR-0014: an exception would roll back and evict what others use",
        noClasses()
            .that(decides)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(root + ".shared.api.Problem"));
    add(
        "time and identifiers come in from outside",
        "ADR-0011: every test and every simulation is repeatable",
        noClasses()
            .that()
            .resideInAnyPackage(
                in("*.api"),
                in("*.command"),
                in("*.command.web.."),
                in("*.projection.."),
                in("*.query.."),
                in("process.."))
            .should()
            .accessTargetWhere(describe("it asks the machine", Rules::asksTheMachine)));
  }

  private void technology() {
    add(
        "the write side uses SQL for imports only",
        "ADR-0002: what is written is written as events",
        noClasses()
            .that()
            .resideInAPackage(in("*.command.."))
            .and()
            .resideOutsideOfPackage(in("catalogue.command.web.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(both(BLOCKING_SQL, REACTIVE_SQL)));
    add(
        "reads are reactive",
        "ADR-0009: nothing blocks an event loop",
        noClasses()
            .that()
            .resideInAPackage(in("*.query.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BLOCKING_SQL));
    add(
        "projections write by blocking SQL and nothing else",
        "ADR-0008: rows and position are one transaction",
        noClasses()
            .that()
            .resideInAPackage(in("*.projection.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(both(both(REACTIVE_SQL, REACTOR), WEB)));
    add(
        "processes keep their state by blocking SQL",
        "ADR-0006: a step's rows are one transaction",
        noClasses()
            .that()
            .resideInAPackage(in("process.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(REACTIVE_SQL));
    add(
        "only the providers' adapters and the controllers of processes speak HTTP",
        "ADR-0007: a process asks its port, whatever is behind it",
        noClasses()
            .that()
            .resideInAPackage(in("process.."))
            .and()
            .resideOutsideOfPackages(in("process.payment.."), in("process.*.web.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(both(WEB, REACTOR)));
    add(
        "the event store knows neither the web nor read models",
        "ADR-0002: it is behind Axon's interface",
        noClasses()
            .that()
            .resideInAPackage(in("eventstore.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(both(both(REACTIVE_SQL, WEB), REACTOR)));
    add(
        "only the edges know how callers are known",
        "ADR-0013: everything else is given a Caller",
        noClasses()
            .that()
            .resideInAPackage(in(".."))
            .and()
            .resideOutsideOfPackage(in("app.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.security.."));
    add(
        "the web's form does not depend on who is let in",
        "ADR-0013: security builds upon the form of refusals",
        noClasses()
            .that()
            .resideInAPackage(in("app.web.."))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(in("app.security.."), "org.springframework.security.."));
    add(
        "nobody waits for a publisher",
        "ADR-0009: nothing blocks an event loop",
        noClasses()
            .that()
            .resideInAnyPackage(
                in("*.command.."), in("*.projection.."), in("*.query.."), in("eventstore.."))
            .should()
            .callMethodWhere(
                describe(
                    "it blocks",
                    call ->
                        call.getName().startsWith("block")
                            && call.getTargetOwner()
                                .getPackageName()
                                .equals("reactor.core.publisher"))));
  }

  private void messages() {
    add(
        "messages are records",
        "ADR-0012: they are values that any node can read",
        classes()
            .that(are("Event").or(are("Command")))
            .and()
            .areNotInterfaces()
            .should()
            .beRecords()
            .andShould()
            .resideInAPackage(in("*.api")));
    add(
        "every event has a revision",
        "ADR-0002: stored events outlive the code that wrote them",
        classes()
            .that(are("Event"))
            .and()
            .areNotInterfaces()
            .should()
            .beAnnotatedWith("org.axonframework.serialization.Revision"));
    add(
        "identifiers in messages have types of their own",
        "ADR-0012: one cannot be taken for another",
        noFields()
            .that()
            .areDeclaredInClassesThat(are("Event").or(are("Command")))
            .and(
                describe(
                    "are named as an identifier of ours",
                    // The provider's, which we only repeat.
                    field -> field.getName().endsWith("Id") && !field.getName().equals("chargeId")))
            .should()
            .haveRawType(String.class)
            .orShould()
            .haveRawType(UUID.class)
            // None may be there, and so it should be.
            .allowEmptyShould(true));
    add(
        "amounts and quantities are whole numbers",
        "ADR-0012: money is minor units; nothing is rounded",
        noFields()
            .that()
            .areDeclaredInClassesThat(
                resideInAnyPackage(
                    in("*.api"), in("*.command"), in("*.projection.."), in("eventstore..")))
            .should(haveAFractionalType()));
  }

  private void style() {
    add(
        "controllers are nobody's but the dispatcher's",
        "ADR-0012: what is not public is not depended on",
        classes()
            .that()
            .areAnnotatedWith("org.springframework.web.bind.annotation.RestController")
            .should()
            .notBePublic());
    add(
        "event handlers are nobody's but their processor's",
        "ADR-0008: a model is written by its processor alone",
        classes()
            .that()
            .resideInAPackage(in("*.projection.."))
            .and(are("EventBatchHandler"))
            .should()
            .notBePublic());
    add(
        "beans are given what they need by their constructors",
        "ADR-0012: what a class needs is seen where it is made",
        noFields()
            .should()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
            .orShould()
            .beAnnotatedWith("org.springframework.beans.factory.annotation.Value"));
  }

  private void add(String name, String because, ArchRule rule) {
    rules.put(name, rule.because(because));
  }

  /** A package of the root, remembered as one that a rule names. */
  private String in(String pattern) {
    String full = pattern.equals("..") ? root + ".." : root + "." + pattern;
    packages.add(full);
    return full;
  }

  private DescribedPredicate<JavaClass> are(String simpleName) {
    String name = root + ".shared.api." + simpleName;
    return describe(
        "are " + simpleName + "s", type -> !type.getFullName().equals(name) && isA(type, name));
  }

  private static boolean isA(JavaClass type, String name) {
    return type.getAllRawSuperclasses().stream().anyMatch(above -> above.getFullName().equals(name))
        || type.getAllRawInterfaces().stream().anyMatch(above -> above.getFullName().equals(name));
  }

  private static String[] both(String[] some, String[] others) {
    List<String> all = new ArrayList<>(List.of(some));
    all.addAll(List.of(others));
    return all.toArray(String[]::new);
  }

  private ArchCondition<JavaClass> makeCommandsOfTheirOwnContextOnly() {
    String command = root + ".shared.api.Command";
    return new ArchCondition<>("make commands of their own context, or those allowed, only") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getConstructorCallsFromSelf().stream()
            .filter(call -> isA(call.getTargetOwner(), command))
            .filter(call -> !mayMake(type, context(call.getTargetOwner())))
            .forEach(
                call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
      }
    };
  }

  private boolean mayMake(JavaClass maker, String context) {
    return context.equals(context(maker))
        || maker.getPackageName().endsWith(".command.web")
            && MAY_ASK.getOrDefault(context(maker), Set.of()).contains(context);
  }

  /** The part of the package's name after the root. */
  private String context(JavaClass type) {
    String rest = type.getPackageName().substring(root.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }

  private static boolean asksTheMachine(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getFullName();
    String name = access.getTarget().getName();
    return switch (owner) {
      case "java.lang.System" -> name.equals("currentTimeMillis");
      case "java.lang.Math" -> name.equals("random");
      case "java.util.UUID" -> name.equals("randomUUID");
      case "java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom" -> true;
      case "java.time.Clock" -> name.startsWith("system");
      case "java.time.Instant",
          "java.time.LocalDate",
          "java.time.LocalDateTime",
          "java.time.OffsetDateTime",
          "java.time.ZonedDateTime" ->
          name.equals("now") && !access.getDescription().contains("now(java.time.Clock)");
      default -> false;
    };
  }

  private static ArchCondition<JavaField> haveAFractionalType() {
    Set<String> fractional =
        Set.of(
            double.class.getName(),
            float.class.getName(),
            Double.class.getName(),
            Float.class.getName(),
            BigDecimal.class.getName());
    return new ArchCondition<>("have a fractional type") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        boolean is = fractional.contains(field.getRawType().getFullName());
        events.add(
            new SimpleConditionEvent(
                field, is, field.getFullName() + " is " + field.getRawType().getName()));
      }
    };
  }
}
