package dev.lastunit.app.simulator;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether this process plays the payment provider. {@code lastunit.simulator.enabled} decides when
 * it is set; otherwise {@code LASTUNIT_DEMO} does when it is true; otherwise the simulator is there
 * exactly when no database was configured, that is with the embedded default. Somebody who brought
 * a database of their own must ask for invented money.
 */
final class SimulatorEnabled extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    var environment = context.getEnvironment();
    var message = ConditionMessage.forCondition("Payment provider simulator");
    var enabled = environment.getProperty("lastunit.simulator.enabled", Boolean.class);
    if (enabled != null) {
      return new ConditionOutcome(
          enabled, message.because("lastunit.simulator.enabled is " + enabled));
    }
    if (isTrue(environment, "lastunit.demo") || isTrue(environment, "lastunit.demo.enabled")) {
      return ConditionOutcome.match(message.because("the demonstration was asked for"));
    }
    if (environment.containsProperty("spring.datasource.url")) {
      return ConditionOutcome.noMatch(message.because("spring.datasource.url is set"));
    }
    return ConditionOutcome.match(message.because("the embedded database is used"));
  }

  /** Compared as text: what is neither true nor false here is no reason to fail at this point. */
  private static boolean isTrue(Environment environment, String property) {
    return "true".equalsIgnoreCase(environment.getProperty(property));
  }
}
