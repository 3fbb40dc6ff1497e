package dev.lastunit.process.returns;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.ProcessEventHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Puts the return process together. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class ReturnConfiguration {

  @Bean
  ReturnProcess returnProcess(CommandSender sender) {
    return new ReturnProcess(sender);
  }

  @Bean
  ProcessEventHandler<ReturnState> returnProcessEvents(
      ProcessEngine engine, ReturnProcess process) {
    return new ProcessEventHandler<>(engine, process, batch -> {});
  }
}
