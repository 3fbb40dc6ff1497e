package dev.lastunit.catalogue.projection;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.projection.RowBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Answers what a product's page shows and what of it can be had: tables {@code catalogue.product}
 * and {@code catalogue.availability}. One processor writes both, so that what the page shows has
 * one position.
 *
 * <p>A batch is folded in memory first (of a product the last event counts, stock movements are
 * summed up), then each table is written by one statement. An error rolls the batch back with the
 * processor's position; it is delivered again, and nothing is skipped. Blocks on JDBC.
 */
final class ProductsProjection implements EventBatchHandler {

  private static final String PUT =
      """
      insert into catalogue.product (sku, name, description, brand, category, price_amount,
        price_currency, attributes, image_url, changed_position)
      select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (sku) do update set name = excluded.name, description = excluded.description,
        brand = excluded.brand, category = excluded.category,
        price_amount = excluded.price_amount, price_currency = excluded.price_currency,
        attributes = excluded.attributes, image_url = excluded.image_url,
        changed_position = excluded.changed_position
      """;

  private static final String DELIST =
      "delete from catalogue.product where sku in (select unnest(?))";

  private static final String MOVE =
      """
      insert into catalogue.availability (sku, on_hand, reserved, safety_stock, oversell_allowance,
        position)
      select t.sku, coalesce(a.on_hand, 0) + t.on_hand, coalesce(a.reserved, 0) + t.reserved,
        coalesce(t.safety_stock, a.safety_stock, 0),
        coalesce(t.oversell_allowance, a.oversell_allowance, 0), t.position
      from unnest(?, ?, ?, ?, ?, ?) as t(sku, on_hand, reserved, safety_stock, oversell_allowance,
        position)
      left join catalogue.availability a on a.sku = t.sku
      on conflict (sku) do update set on_hand = excluded.on_hand, reserved = excluded.reserved,
        safety_stock = excluded.safety_stock, oversell_allowance = excluded.oversell_allowance,
        position = excluded.position
      """;

  private final JdbcTemplate jdbc;

  ProductsProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return "catalogue.products";
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(ProductEvent.class, StockEvent.class);
  }

  /** Of imports: fewer, larger statements, while a buyer's event still waits for milliseconds. */
  @Override
  public int batchSize() {
    return 1_000;
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    // Sorted, so that whoever else locks rows of a table does so in the same order.
    Map<Sku, Product> products = new TreeMap<>();
    Map<Sku, Movement> movements = new TreeMap<>();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof ProductEvent product) {
        products
            .computeIfAbsent(product.sku(), sku -> new Product())
            .apply(product, event.position());
      } else if (event.payload() instanceof StockEvent stock) {
        movements
            .computeIfAbsent(stock.sku(), sku -> new Movement())
            .apply(stock, event.position());
      }
    }
    writeProducts(products);
    writeMovements(movements);
  }

  private void writeProducts(Map<Sku, Product> products) {
    RowBatch put =
        new RowBatch(
            "text", "text", "text", "text", "text", "int8", "text", "jsonb", "text", "int8");
    RowBatch delisted = new RowBatch("text");
    products.forEach(
        (sku, product) -> {
          ProductDetails details = product.details;
          if (details == null) {
            delisted.add(sku.value());
            return;
          }
          put.add(
              sku.value(),
              details.name(),
              details.description(),
              details.brand(),
              levels(details.category()),
              details.price().amount(),
              details.price().currency(),
              EventJson.mapper().writeValueAsString(new TreeMap<>(details.attributes())),
              details.imageUrl(),
              product.changedPosition);
        });
    delisted.write(jdbc, DELIST);
    put.write(jdbc, PUT);
  }

  private void writeMovements(Map<Sku, Movement> movements) {
    RowBatch rows = new RowBatch("text", "int8", "int8", "int4", "int4", "int8");
    movements.forEach(
        (sku, moved) ->
            rows.add(
                sku.value(),
                moved.onHand,
                moved.reserved,
                moved.policy == null ? null : moved.policy.safetyStock(),
                moved.policy == null ? null : moved.policy.oversellAllowance(),
                moved.position));
    rows.write(jdbc, MOVE);
  }

  /** The category without empty levels: {@code /home//lighting/} is {@code home/lighting}. */
  private static String levels(String category) {
    List<String> levels = new ArrayList<>();
    for (String level : category.split("/")) {
      if (!level.isBlank()) {
        levels.add(level.strip());
      }
    }
    return String.join("/", levels);
  }

  /** What a batch says about one product. */
  private static final class Product {

    /** Null when the last event delisted it. */
    private ProductDetails details;

    private long changedPosition;

    void apply(ProductEvent event, long position) {
      changedPosition = position;
      switch (event) {
        case ProductAdded added -> details = added.details();
        case ProductChanged changed -> details = changed.details();
        case ProductDelisted _ -> details = null;
      }
    }
  }

  /** The sum of a batch's movements of one SKU. */
  private static final class Movement {

    private long onHand;
    private long reserved;

    /** The last policy that the batch sets; null when it sets none. */
    private StockPolicy policy;

    private long position;

    void apply(StockEvent event, long at) {
      position = at;
      switch (event) {
        case StockReceived received -> onHand += received.quantity();
        case OpeningStockRecorded opening -> onHand += opening.quantity();
        case StockAdjusted adjusted -> onHand += adjusted.delta();
        case StockPolicySet set -> policy = set.policy();
        case StockReserved held -> reserved += units(held.allocations());
        case ReservationConfirmed confirmed -> {
          onHand -= units(confirmed.allocations());
          reserved -= units(confirmed.allocations());
        }
        case ReservationReleased released -> reserved -= units(released.allocations());
        case ReservationExpired expired -> reserved -= units(expired.allocations());
        case UnitsReturned returned -> onHand += units(returned.allocations());
      }
    }

    private static long units(List<Allocation> allocations) {
      return allocations.stream().mapToLong(Allocation::quantity).sum();
    }
  }
}
