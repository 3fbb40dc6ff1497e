package dev.lastunit.cart.projection;

import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.cart.api.CartEvent.CartCheckedOut;
import dev.lastunit.cart.api.CartEvent.CartItemRemoved;
import dev.lastunit.cart.api.CartEvent.CartItemSet;
import dev.lastunit.cart.api.CartEvent.CartOpened;
import dev.lastunit.cart.api.CartEvent.CartReopened;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.projection.RowBatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Answers what is in a cart and whether an order has it: tables {@code cart.cart} and {@code
 * cart.item}.
 *
 * <p>A batch is folded in memory first, then each kind of change is written by one statement. An
 * error rolls the batch back with the processor's position; it is delivered again, and nothing is
 * skipped. Blocks on JDBC.
 */
final class CartsProjection implements EventBatchHandler {

  private static final String OPENED =
      """
      insert into cart.cart (cart_id, customer_id, checked_out_by, position)
      select * from unnest(?, ?, ?, ?)
      """;

  private static final String CHANGED =
      """
      update cart.cart c
      set checked_out_by =
          case when t.ownership_changed then t.checked_out_by else c.checked_out_by end,
        position = t.position
      from unnest(?, ?, ?, ?) as t(cart_id, ownership_changed, checked_out_by, position)
      where c.cart_id = t.cart_id
      """;

  private static final String ITEMS =
      """
      insert into cart.item (cart_id, sku, quantity, added_position)
      select t.cart_id, t.sku, t.quantity,
        case when t.put_in_again then t.added_position
          else coalesce(i.added_position, t.added_position) end
      from unnest(?, ?, ?, ?, ?) as t(cart_id, sku, quantity, added_position, put_in_again)
      left join cart.item i on i.cart_id = t.cart_id and i.sku = t.sku
      on conflict (cart_id, sku) do update set quantity = excluded.quantity,
        added_position = excluded.added_position
      """;

  private static final String REMOVED =
      """
      delete from cart.item i
      using unnest(?, ?) as t(cart_id, sku) where i.cart_id = t.cart_id and i.sku = t.sku
      """;

  private final JdbcTemplate jdbc;

  CartsProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return "cart.carts";
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(CartEvent.class);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Map<CartId, Cart> carts = new LinkedHashMap<>();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof CartEvent change) {
        carts.computeIfAbsent(change.cartId(), id -> new Cart()).apply(change, event.position());
      }
    }
    writeCarts(carts);
    writeItems(carts);
  }

  private void writeCarts(Map<CartId, Cart> carts) {
    RowBatch opened = new RowBatch("text", "text", "text", "int8");
    RowBatch changed = new RowBatch("text", "bool", "text", "int8");
    carts.forEach(
        (id, cart) -> {
          String order = cart.checkedOutBy == null ? null : cart.checkedOutBy.value();
          if (cart.openedBy != null) {
            opened.add(id.value(), cart.openedBy.value(), order, cart.position);
          } else {
            changed.add(id.value(), cart.ownershipChanged, order, cart.position);
          }
        });
    opened.write(jdbc, OPENED);
    changed.write(jdbc, CHANGED);
  }

  private void writeItems(Map<CartId, Cart> carts) {
    RowBatch set = new RowBatch("text", "text", "int4", "int8", "bool");
    RowBatch removed = new RowBatch("text", "text");
    carts.forEach(
        (id, cart) ->
            cart.items.forEach(
                (sku, item) -> {
                  if (item.quantity > 0) {
                    set.add(
                        id.value(), sku.value(), item.quantity, item.addedPosition, item.removed);
                  } else {
                    removed.add(id.value(), sku.value());
                  }
                }));
    removed.write(jdbc, REMOVED);
    set.write(jdbc, ITEMS);
  }

  /** What a batch says about one cart. */
  private static final class Cart {

    /** Null when the cart was opened before the batch. */
    private CustomerId openedBy;

    private boolean ownershipChanged;
    private OrderId checkedOutBy;
    private final Map<Sku, Item> items = new LinkedHashMap<>();
    private long position;

    void apply(CartEvent event, long at) {
      position = at;
      switch (event) {
        case CartOpened opened -> openedBy = opened.customerId();
        case CartItemSet set ->
            items.computeIfAbsent(set.sku(), sku -> new Item()).set(set.quantity(), at);
        case CartItemRemoved removed ->
            items.computeIfAbsent(removed.sku(), sku -> new Item()).remove();
        case CartCheckedOut checkedOut -> {
          ownershipChanged = true;
          checkedOutBy = checkedOut.orderId();
        }
        case CartReopened _ -> {
          ownershipChanged = true;
          checkedOutBy = null;
        }
      }
    }
  }

  /** What a batch says about one SKU of a cart. */
  private static final class Item {

    /** Units; 0 when the last event took it out. */
    private int quantity;

    /** When the batch first put it in, or did again after it was taken out. */
    private long addedPosition;

    /** Whether the batch took it out, so that an earlier place among the lines is void. */
    private boolean removed;

    void set(int units, long at) {
      if (quantity == 0) {
        addedPosition = at;
      }
      quantity = units;
    }

    void remove() {
      quantity = 0;
      removed = true;
    }
  }
}
