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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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
    SequencedMap<Sku, Integer> items = new LinkedHashMap<>();
    rows.forEach(row -> row.item().ifPresent(item -> items.put(item.sku(), item.quantity())));
    boolean checkedOut = rows.getFirst().checkedOut();
    if (items.isEmpty()) {
      return Mono.just(view(query.cartId(), items, Map.of(), checkedOut));
    }
    FindOffers question = new FindOffers(List.copyOf(items.keySet()), query.minPosition());
    return Mono.fromFuture(() -> queries.query(question, Offers.class))
        .map(
            answer ->
                view(
                    query.cartId(),
                    items,
                    answer.offers().stream()
                        .collect(Collectors.toMap(Offer::sku, Function.identity())),
                    checkedOut));
  }

  /**
   * The cart as clients see it.
   *
   * @param items units by SKU, in the order of the lines
   * @param offers what the SKUs are offered at; those that are not listed are missing
   * @throws Problem AMOUNT_TOO_LARGE when a line or the total cannot be told exactly
   */
  static CartView view(
      CartId cartId, SequencedMap<Sku, Integer> items, Map<Sku, Offer> offers, boolean checkedOut) {
    try {
      List<CartLineView> lines = new ArrayList<>(items.size());
      items.forEach((sku, quantity) -> lines.add(line(sku, quantity, offers.get(sku))));
      return new CartView(cartId, lines, total(lines), checkedOut ? "checked-out" : "open");
    } catch (ArithmeticException e) {
      throw new Problem(
          ErrorCode.AMOUNT_TOO_LARGE, "The cart's total is larger than an amount can be");
    }
  }

  private static CartLineView line(Sku sku, int quantity, Offer offer) {
    if (offer == null) {
      return new CartLineView(sku, null, quantity, null, null, 0);
    }
    return new CartLineView(
        sku,
        offer.name(),
        quantity,
        offer.price(),
        offer.price().times(quantity),
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
