package dev.lastunit.app.axon;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Sku;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A SKU with 100,000 events is loaded from its snapshot and the few events after it: as many as a
 * SKU with a thousand.
 */
class LongStreamTest {

  private static final int EVENTS = 100_000;
  private static final int AT_ONCE = 2_000;
  private static final Sku SKU = new Sku("bestseller");
  private static final String STREAM = StockCommand.streamOf(SKU);
  private static final LocationId MAIN = new LocationId("main");

  @TempDir static Path directory;

  @Test
  void costsNoMoreToLoadThanAShortOne() {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(PostgresSettings.in(directory));
        HikariDataSource dataSource = StockNode.database(postgres)) {
      try (StockNode node = new StockNode(dataSource, 1, 1_000)) {
        write(node);
        // Loads all there is, once, and leaves a snapshot behind.
        assertThat(receive(node, "first").onHand()).isEqualTo(EVENTS + 1);
        awaitSnapshot(new JdbcTemplate(dataSource));
      }

      try (StockNode fresh = new StockNode(dataSource, 1, 1_000)) {
        assertThat(fresh.store.readEvents(STREAM).asStream().count())
            .isLessThanOrEqualTo(AxonConfiguration.SNAPSHOT_EVERY_EVENTS);
        assertThat(receive(fresh, "second").onHand()).isEqualTo(EVENTS + 2);
        // What the first node was told is known to the second.
        assertThat(receive(fresh, "first").onHand()).isEqualTo(EVENTS + 2);
      }
    }
  }

  private static void write(StockNode node) {
    for (int from = 0; from < EVENTS; from += AT_ONCE) {
      List<DomainEventMessage<?>> events = new ArrayList<>(AT_ONCE);
      for (int i = from; i < from + AT_ONCE; i++) {
        StockReceived received =
            new StockReceived(SKU, new CommandId("receipt-" + i), MAIN, 1, null);
        events.add(new GenericDomainEventMessage<>("stock", STREAM, i, received));
      }
      DefaultUnitOfWork<?> unitOfWork = DefaultUnitOfWork.startAndGet(null);
      unitOfWork.attachTransaction(node.transactions);
      unitOfWork.execute(() -> node.engine.appendEvents(events));
    }
  }

  private static StockLevel receive(StockNode node, String commandId) {
    Result<StockLevel> result =
        node.commands
            .send(new ReceiveStock(SKU, new CommandId(commandId), MAIN, 1, null))
            .join()
            .result();
    return result.fold(Result.Accepted::value, refused -> null);
  }

  private static void awaitSnapshot(JdbcTemplate jdbc) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!Boolean.TRUE.equals(
        jdbc.queryForObject(
            "select exists (select from eventstore.snapshot where stream = ?)",
            Boolean.class,
            STREAM))) {
      assertThat(System.nanoTime()).as("a snapshot within 60 s").isLessThan(deadline);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
