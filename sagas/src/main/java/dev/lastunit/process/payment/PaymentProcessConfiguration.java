package dev.lastunit.process.payment;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.OnSagaRole;
import dev.lastunit.process.engine.ProcessEngine;
import dev.lastunit.process.engine.ProcessEventHandler;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Puts the payment process together, and the provider that is configured. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
class PaymentProcessConfiguration {

  @Bean
  @ConditionalOnProperty(
      name = "lastunit.payment.provider",
      havingValue = "simulator",
      matchIfMissing = true)
  SimulatorPaymentProvider simulatorPaymentProvider(
      ProcessSettings settings, Environment environment, MeterRegistry meters) {
    URI configured = settings.payment().simulator().baseUrl();
    return new SimulatorPaymentProvider(
        configured == null ? () -> ownAddress(environment) : () -> configured,
        settings.paymentTimeout(),
        meters);
  }

  /** This server itself; known once it listens. */
  private static URI ownAddress(Environment environment) {
    String port = environment.getProperty("local.server.port");
    if (port == null) {
      throw new SimulatorPaymentProvider.AddressUnknownException("The server does not listen yet");
    }
    return URI.create("http://127.0.0.1:" + port);
  }

  private static PaymentProvider configured(
      ObjectProvider<PaymentProvider> providers, ProcessSettings settings) {
    return providers.stream()
        .filter(one -> one.name().equals(settings.payment().provider()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "lastunit.payment.provider is "
                        + settings.payment().provider()
                        + ", and there is no such payment provider"));
  }

  @Bean
  RefundProcess refundProcess(
      CommandSender sender, ObjectProvider<PaymentProvider> providers, ProcessSettings settings) {
    return new RefundProcess(sender, configured(providers, settings));
  }

  @Bean
  ProcessEventHandler<RefundProcessState> refundProcessEvents(
      ProcessEngine engine, RefundProcess process) {
    return new ProcessEventHandler<>(engine, process, batch -> {});
  }

  @Bean
  PaymentProcess paymentProcess(
      CommandSender sender, ObjectProvider<PaymentProvider> providers, ProcessSettings settings) {
    PaymentProvider provider = configured(providers, settings);
    PaymentPolicy defaults = PaymentPolicy.defaults();
    Duration poll = settings.payment().poll();
    PaymentPolicy policy =
        new PaymentPolicy(
            settings.payment().askDelays(),
            defaults.firstRepost(),
            defaults.longestRepost(),
            defaults.reposts(),
            poll,
            poll.compareTo(defaults.longestPoll()) < 0 ? defaults.longestPoll() : poll,
            settings.payment().lateChecks());
    return new PaymentProcess(new PaymentEffects(sender, provider), policy);
  }

  @Bean
  ProcessEventHandler<PaymentProcessState> paymentProcessEvents(
      ProcessEngine engine, PaymentProcess process) {
    return new ProcessEventHandler<>(engine, process, batch -> {});
  }
}
