package dev.lastunit.app.simulator;

import io.r2dbc.spi.ConnectionFactory;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts the simulator together when {@link SimulatorEnabled} says so. It needs a pooled R2DBC {@code
 * ConnectionFactory} and a pooled {@code DataSource}, to one database in which {@code
 * classpath:db/simulator} was run before the web server starts.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(SimulatorEnabled.class)
@EnableConfigurationProperties(SimulatorSettings.class)
class SimulatorConfiguration {

  @Bean
  SimulatorWebhookSecret simulatorWebhookSecret(ConnectionFactory connections) {
    return new SimulatorWebhookSecret(DatabaseClient.create(connections));
  }

  @Bean
  Simulator simulator(
      DataSource dataSource,
      ConnectionFactory connections,
      SimulatorWebhookSecret simulatorWebhookSecret,
      SimulatorSettings settings) {
    // A clock and a JSON mapper of its own, and not the application's: a provider is somebody else,
    // and what it sends must not change with the application's settings or its tests' time.
    var clock = Clock.systemUTC();
    var json = JsonMapper.builder().build();
    var writer = new StepWriter(new StepBooks(dataSource, clock, settings));
    var ledger = new Ledger(DatabaseClient.create(connections), clock, writer);
    var courier = new WebhookCourier(ledger, simulatorWebhookSecret, settings, clock, json);
    var routes = new SimulatorRoutes(ledger, courier, settings, json);
    return new Simulator(writer, courier, routes, settings.webhookUrl());
  }

  @Bean
  WebHttpHandlerBuilderCustomizer simulatorCalls(Simulator simulator) {
    return builder -> builder.httpHandlerDecorator(simulator::before);
  }
}
