package dev.lastunit.catalogue.projection;

import dev.lastunit.shared.api.EventBatchHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** The catalogue's event handlers as beans. */
@Configuration(proxyBeanMethods = false)
public class CatalogueProjectionConfiguration {

  @Bean
  EventBatchHandler catalogueProducts(JdbcTemplate jdbc) {
    return new ProductsProjection(jdbc);
  }
}
