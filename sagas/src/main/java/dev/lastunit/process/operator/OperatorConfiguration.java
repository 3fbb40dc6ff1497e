package dev.lastunit.process.operator;

import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.shared.api.Commands;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** What records operators' decisions, as a bean. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class OperatorConfiguration {

  @Bean
  OperatorDecisions operatorDecisions(Commands commands) {
    return new OperatorDecisions(commands);
  }
}
