package dev.lastunit.testing;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Counts the connections that are asked for: one for each statement. */
record CountingConnections(ConnectionPool pool, AtomicLong asked) implements ConnectionFactory {

  @Override
  public Publisher<? extends Connection> create() {
    return Mono.defer(
        () -> {
          asked.incrementAndGet();
          return pool.create();
        });
  }

  @Override
  public ConnectionFactoryMetadata getMetadata() {
    return pool.getMetadata();
  }
}
