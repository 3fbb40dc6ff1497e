package dev.lastunit.app.database;

import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.WrittenPositions;
import dev.lastunit.shared.query.replica.ReadReplica;
import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * A replica for the reads of read models, if an operator gives one: {@code
 * LASTUNIT_READS_R2DBC_URL}, with {@code LASTUNIT_READS_USERNAME} and {@code _PASSWORD} if they are
 * not those of the primary.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("lastunit.reads.r2dbc-url")
class ReplicaConfiguration {

  /**
   * @param connections to the replica at most
   * @param mostLag a replica that is further behind is not read
   */
  @Bean
  ReadReplica readReplica(
      DatabaseReady ready,
      ConnectionPool primary,
      Positions positions,
      WrittenPositions written,
      MeterRegistry meters,
      Environment environment,
      @Value("${lastunit.reads.connections:32}") int connections,
      @Value("${lastunit.reads.most-lag:PT10S}") Duration mostLag) {
    DatabaseAddress address = ready.address();
    return new ReadReplica(
        primary,
        DatabaseConfiguration.reading(
            environment.getRequiredProperty("lastunit.reads.r2dbc-url"),
            environment.getProperty("lastunit.reads.username", address.r2dbcUsername()),
            environment.getProperty("lastunit.reads.password", address.r2dbcPassword())),
        factory -> DatabaseConfiguration.pool(factory, "lastunit-replica", connections),
        positions,
        written,
        mostLag,
        meters);
  }
}
