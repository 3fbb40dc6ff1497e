package dev.lastunit.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The product keeps the rules, and each rule rejects what it is there to reject. */
class ArchitectureTest {

  private static final JavaClasses PRODUCT = Product.CLASSES;

  private static final String FIXTURES = ArchitectureTest.class.getPackageName() + ".fixtures";

  private static final JavaClasses BAD = new ClassFileImporter().importPackages(FIXTURES);

  private static final Rules RULES = Rules.of(Rules.PRODUCT);
  private static final Rules FIXTURE_RULES = Rules.of(FIXTURES);

  /** The class that each rule must reject, by its name below the fixtures. */
  private static final Map<String, String> REJECTED =
      Map.ofEntries(
          Map.entry(
              "the published language sees the JDK and annotations only",
              "ordering.api.ApiThatSeesSpring"),
          Map.entry("the command side sees no other side", "ordering.command.CommandThatSeesQuery"),
          Map.entry(
              "the projections sees no other side", "ordering.projection.ProjectionThatSeesQuery"),
          Map.entry("the query side sees no other side", "ordering.query.QueryThatSeesProjection"),
          Map.entry("the processes sees no other side", "process.order.ProcessThatSeesCommand"),
          Map.entry("the event store sees no other side", "eventstore.StoreThatSeesApp"),
          Map.entry(
              "no context's command side sees another context's",
              "ordering.command.CommandThatSeesAnotherContext"),
          Map.entry(
              "no context's projection side sees another context's",
              "ordering.projection.ProjectionThatSeesAnotherContext"),
          Map.entry(
              "no context's query side sees another context's",
              "ordering.query.QueryThatSeesAnotherContext"),
          Map.entry("reading sends no commands", "ordering.query.QueryThatSendsCommands"),
          Map.entry(
              "a context's write side makes its own commands, or those it is allowed to",
              "ordering.command.web.ControllerThatReservesStock"),
          Map.entry("contexts have no cycles", "payment.command.PaymentThatSeesCart"),
          Map.entry("the published language has no cycles", "payment.api.PaymentThatNamesCart"),
          Map.entry("what decides knows no technology", "ordering.command.AggregateThatLogs"),
          Map.entry("what decides refuses by a value", "ordering.command.AggregateThatThrows"),
          Map.entry(
              "time and identifiers come in from outside",
              "ordering.command.AggregateThatAsksTheTime"),
          Map.entry(
              "the write side uses SQL for imports only",
              "ordering.command.web.ControllerThatWritesSql"),
          Map.entry("reads are reactive", "ordering.query.QueryThatBlocksOnJdbc"),
          Map.entry(
              "projections write by blocking SQL and nothing else",
              "ordering.projection.ProjectionThatIsReactive"),
          Map.entry(
              "processes keep their state by blocking SQL", "process.order.ProcessThatUsesR2dbc"),
          Map.entry(
              "only the providers' adapters and the controllers of processes speak HTTP",
              "process.order.ProcessThatSpeaksHttp"),
          Map.entry(
              "the event store knows neither the web nor read models",
              "eventstore.StoreThatSpeaksHttp"),
          Map.entry(
              "only the edges know how callers are known",
              "ordering.query.web.ControllerThatReadsTheToken"),
          Map.entry(
              "the web's form does not depend on who is let in", "app.web.FormThatSeesSecurity"),
          Map.entry("nobody waits for a publisher", "ordering.query.QueryThatWaits"),
          Map.entry("messages are records", "ordering.api.EventThatIsAClass"),
          Map.entry("every event has a revision", "ordering.api.EventWithoutRevision"),
          Map.entry(
              "identifiers in messages have types of their own", "ordering.api.EventWithAnyString"),
          Map.entry("amounts and quantities are whole numbers", "ordering.api.EventWithFraction"),
          Map.entry(
              "controllers are nobody's but the dispatcher's",
              "ordering.query.web.ControllerThatIsPublic"),
          Map.entry(
              "event handlers are nobody's but their processor's",
              "ordering.projection.ProjectionThatIsPublic"),
          Map.entry(
              "beans are given what they need by their constructors",
              "ordering.query.BeanWithInjectedField"));

  static Stream<String> rules() {
    return RULES.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theProductKeepsTheRule(String rule) {
    RULES.all().get(rule).check(PRODUCT);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theRuleRejectsWhatItIsThereFor(String rule) {
    String rejected = REJECTED.get(rule);
    assertThat(rejected).as("the rule has a known-bad example").isNotNull();
    assertThat(BAD.contain(FIXTURES + "." + rejected)).as(rejected + " is there").isTrue();

    EvaluationResult result = FIXTURE_RULES.all().get(rule).evaluate(BAD);

    assertThat(result.hasViolation()).isTrue();
    assertThat(String.join("\n", result.getFailureReport().getDetails()))
        .contains(rejected.substring(rejected.lastIndexOf('.') + 1));
    assertThat(result.getFailureReport().toString()).contains("because ADR-");
  }

  /** A rule about a package that is gone holds for ever and says nothing. */
  @Test
  void everyPackageThatARuleNamesIsThere() {
    List<String> missing = new ArrayList<>();
    for (String pattern : RULES.packages()) {
      PackageMatcher matcher = PackageMatcher.of(pattern);
      if (PRODUCT.stream().noneMatch(type -> matcher.matches(type.getPackageName()))) {
        missing.add(pattern);
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void everyExampleBelongsToARule() {
    assertThat(REJECTED.keySet()).isEqualTo(RULES.all().keySet());
  }
}
