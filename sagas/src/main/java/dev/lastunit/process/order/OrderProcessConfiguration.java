package dev.lastunit.process.order;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.ProcessEventHandler;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Puts the order process together. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class OrderProcessConfiguration {

  @Bean
  OrderProcess orderProcess(CommandSender sender, Clock clock, ProcessSettings settings) {
    return new OrderProcess(
        new OrderEffects(sender, clock, settings.reservationTtl(), settings.payment().provider()),
        settings.payment().grace());
  }

  @Bean
  ProcessEventHandler<OrderProcessState> orderProcessEvents(
      ProcessEngine engine, OrderProcess process, MeterRegistry meters) {
    return new ProcessEventHandler<>(engine, process, new OrderMetrics(meters)::count);
  }
}
