package dev.lastunit.process.delivery;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.ProcessEventHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Puts the delivery process together. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class DeliveryConfiguration {

  @Bean
  DeliveryProcess deliveryProcess(CommandSender sender) {
    return new DeliveryProcess(sender);
  }

  @Bean
  ProcessEventHandler<DeliveryState> deliveryProcessEvents(
      ProcessEngine engine, DeliveryProcess process) {
    return new ProcessEventHandler<>(engine, process, batch -> {});
  }
}
