package dev.lastunit.shared.query;

import dev.lastunit.shared.query.replica.ReadModelSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every context's reads share, as beans. */
@Configuration(proxyBeanMethods = false)
public class SharedQueryConfiguration {

  @Bean
  ReadModelGate readModelGate(ReadModelSource source) {
    return new ReadModelGate(source.positions());
  }
}
