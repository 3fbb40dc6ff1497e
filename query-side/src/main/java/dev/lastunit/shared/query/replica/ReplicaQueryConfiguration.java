package dev.lastunit.shared.query.replica;

import dev.lastunit.shared.api.Positions;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** The source of all read models, as a bean: of the replica if there is one, else the primary. */
@Configuration(proxyBeanMethods = false)
public class ReplicaQueryConfiguration {

  @Bean
  ReadModelSource readModelSource(
      DatabaseClient database, Positions positions, Optional<ReadReplica> replica) {
    return replica.map(ReadReplica::source).orElse(new ReadModelSource(database, positions));
  }
}
