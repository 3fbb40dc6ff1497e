package dev.lastunit.cart.query;

import dev.lastunit.cart.api.CartQuery.CartLineView;
import dev.lastunit.cart.api.CartQuery.CartView;
import dev.lastunit.cart.api.CartQuery.FindCart;
import dev.lastunit.catalogue.api.CatalogueQuery.FindOffers;
import dev.lastunit.catalogue.api.CatalogueQuery.Offer;
import dev.lastunit.catalogue.api.CatalogueQuery.Offers;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.QueryHandler;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Answers what is in a cart, at today's prices and availability, which it asks of the catalogue.
 * Thread-safe; never blocks.
 */
public final class CartQueryHandler {

  /** The processor that writes the model; the key of its position. */
  public static final String MODEL = "cart.carts";

  /** An empty cart gives one row without a SKU, an unknown one or another customer's none. */
  private static final String CART =
      """
      select c.checked_out_by, i.sku, i.quantity
      from cart.cart c left join cart.item i on i.cart_id = c.cart_id
      where c.cart_id = :cart and c.customer_id = :customer
      order by i.added_position
      """;

  private final DatabaseClient database;
  private final ReadModelGate gate;
  private final QueryGateway queries;

  private record Row(boolean checkedOut, Optional<Item> item) {}

  private record Item(Sku sku, int quantity) {}

  CartQueryHandler(DatabaseClient database, ReadModelGate gate, QueryGateway queries) {
    this.database = database;
    this.gate = gate;
    this.queries = queries;
  }

  /**
   * Completes with null when there is no such cart of this customer. Fails with READ_MODEL_BEHIND
   * when a model does not get so far in time (a repeat is safe), and with AMOUNT_TOO_LARGE when a
   * line or the total cannot be told exactly.
   */
  @QueryHandler
  CompletableFuture<CartView> handle(FindCart query) {
    return gate.reached(MODEL, query.minPosition())
        .flatMap(
            position ->
                database
                    .sql(CART)
                    .bind("cart", query.cartId().value())
                    .bind("customer", query.customerId().value())
                    .map(CartQueryHandler::row)
                    .all()
                    .collectList())
        .filter(rows -> !rows.isEmpty())
        .flatMap(rows -> view(query, rows))
        .toFuture();
  }

  private static Row row(Readable row) {
    return new Row(
        row.get("checked_out_by", String.class) != null,
        Optional.ofNullable(row.get("sku", String.class))
            .map(sku -> new Item(new Sku(sku), row.get("quantity", Integer.class))));
  }

  private Mono<CartView> view(FindCart query, List<Row> rows) {
    List<Item> items = rows.stream().flatMap(row -> row.item().stream()).toList();
    String status = rows.getFirst().checkedOut() ? "checked-out" : "open";
    if (items.isEmpty()) {
      return Mono.just(new CartView(query.cartId(), List.of(), null, status));
    }
    FindOffers question =
        new FindOffers(items.stream().map(Item::sku).toList(), query.minPosition());
    return Mono.fromFuture(() -> queries.query(question, Offers.class))
        .map(answer -> view(query.cartId(), items, answer, status));
  }

  private static CartView view(CartId cartId, List<Item> items, Offers answer, String status) {
    Map<Sku, Offer> offers =
        answer.offers().stream().collect(Collectors.toMap(Offer::sku, Function.identity()));
    try {
      List<CartLineView> lines = new ArrayList<>(items.size());
      for (Item item : items) {
        lines.add(line(item, offers.get(item.sku())));
      }
      return new CartView(cartId, lines, total(lines), status);
    } catch (ArithmeticException e) {
      throw new Problem(
          ErrorCode.AMOUNT_TOO_LARGE, "The cart's total is larger than an amount can be");
    }
  }

  private static CartLineView line(Item item, Offer offer) {
    if (offer == null) {
      return new CartLineView(item.sku(), null, item.quantity(), null, null, 0);
    }
    return new CartLineView(
        item.sku(),
        offer.name(),
        item.quantity(),
        offer.price(),
        offer.price().times(item.quantity()),
        offer.available());
  }

  /** Null when no line has a price, and when prices in several currencies have no sum. */
  private static Money total(List<CartLineView> lines) {
    Money total = null;
    for (CartLineView line : lines) {
      Money amount = line.lineTotal();
      if (amount != null && total != null && !amount.currency().equals(total.currency())) {
        return null;
      }
      if (amount != null) {
        total = total == null ? amount : total.plus(amount);
      }
    }
    return total;
  }
}
