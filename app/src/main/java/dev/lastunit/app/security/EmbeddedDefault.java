package dev.lastunit.app.security;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches where anybody may make himself an operator: no external issuer is configured, and the
 * database is the embedded one or {@code LASTUNIT_DEMO=true} says that this is a demonstration.
 */
final class EmbeddedDefault extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    Environment environment = context.getEnvironment();
    ConditionMessage.Builder message = ConditionMessage.forCondition("Embedded default");
    if (StringUtils.hasText(
        environment.getProperty("spring.security.oauth2.resourceserver.jwt.issuer-uri"))) {
      return ConditionOutcome.noMatch(message.because("an external issuer is configured"));
    }
    if (!StringUtils.hasText(environment.getProperty("spring.datasource.url"))) {
      return ConditionOutcome.match(message.because("the database is the embedded one"));
    }
    return "true".equalsIgnoreCase(environment.getProperty("lastunit.demo"))
        ? ConditionOutcome.match(message.because("it is a demonstration"))
        : ConditionOutcome.noMatch(message.because("the database is an external one"));
  }
}
