package dev.lastunit.app.simulator;

import io.r2dbc.spi.ConnectionFactory;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts the simulator together when {@link SimulatorEnabled} says so. It needs a pooled R2DBC {@code
 * ConnectionFactory} to a database in which {@code classpath:db/simulator} was run before the web
 * server starts.
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
      ConnectionFactory connections,
      SimulatorWebhookSecret simulatorWebhookSecret,
      SimulatorSettings settings) {
    // A clock and a JSON mapper of its own, and not the application's: a provider is somebody else,
    // and what it sends must not change with the application's settings or its tests' time.
    var clock = Clock.systemUTC();
    var json = JsonMapper.builder().build();
    var ledger = new Ledger(DatabaseClient.create(connections), clock, settings);
    var courier = new WebhookCourier(ledger, simulatorWebhookSecret, settings, clock, json);
    return new Simulator(
        courier, new SimulatorRoutes(ledger, courier, settings, json), settings.webhookUrl());
  }

  @Bean
  RouterFunction<ServerResponse> simulatorRoutes(Simulator simulator) {
    return simulator.routes();
  }
}
