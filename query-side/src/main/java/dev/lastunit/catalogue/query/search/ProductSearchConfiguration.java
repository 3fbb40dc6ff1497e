package dev.lastunit.catalogue.query.search;

import dev.lastunit.shared.api.NodeEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.query.ReadModelGate;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;

/** This node's search index and its reads, as beans. */
@Configuration(proxyBeanMethods = false)
public class ProductSearchConfiguration {

  /** Writes the rows that the index takes stock from; its position goes before the index's. */
  private static final String ROWS = "catalogue.products";

  /**
   * @param ramBufferMegabytes memory for what is being written; default 64
   */
  @Bean(initMethod = "start")
  ProductIndex productIndex(
      NodeEvents events,
      Positions positions,
      DatabaseClient database,
      @Value("${lastunit.data-dir:./data}") Path dataDirectory,
      @Value("${lastunit.search.ram-buffer-megabytes:64}") double ramBufferMegabytes) {
    return new ProductIndex(
        dataDirectory.toAbsolutePath().normalize().resolve("search"),
        events,
        positions,
        new StockLevelReads(database),
        ROWS,
        ramBufferMegabytes,
        Fields.SCHEMA,
        Fields.OLDEST_READABLE);
  }

  /**
   * @param queue searches that may wait for a thread; default 256
   */
  @Bean
  SearchThreads searchThreads(@Value("${lastunit.search.queue:256}") int queue) {
    return new SearchThreads(queue);
  }

  /**
   * @param limit how long one search may take on its thread; default 2 s
   */
  @Bean
  ProductSearch productSearch(
      ProductIndex index,
      ReadModelGate gate,
      SearchThreads threads,
      @Value("${lastunit.search.time-limit:PT2S}") Duration limit) {
    return new ProductSearch(index, gate, threads, limit);
  }
}
