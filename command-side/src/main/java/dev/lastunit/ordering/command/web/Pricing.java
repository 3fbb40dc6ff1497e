package dev.lastunit.ordering.command.web;

import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.Violations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts today's prices on what is ordered. Exact: what does not fit is refused, never wrapped. */
final class Pricing {

  private Pricing() {}

  /**
   * What an order costs.
   *
   * @param lines one for each SKU, in the order of the items
   */
  record Priced(List<OrderLine> lines, Money total) {}

  /**
   * Prices all items or none.
   *
   * @param items at least one, each SKU once
   * @param expectedTotal null for any
   * @throws Problem INVALID_ORDER for SKUs that are not listed and for mixed currencies,
   *     AMOUNT_TOO_LARGE, PRICE_CHANGED
   */
  static Priced price(List<Purchase.Item> items, Prices prices, Money expectedTotal) {
    Map<Sku, PricedProduct> listed =
        prices.products().stream()
            .collect(Collectors.toMap(PricedProduct::sku, Function.identity()));
    var violations = new Violations();
    List<OrderLine> lines = new ArrayList<>(items.size());
    String currency = null;
    for (var item : items) {
      var product = listed.get(item.sku());
      if (product == null) {
        violations.check(false, skuField(item), "there is no such SKU: " + item.sku());
        continue;
      }
      currency = currency == null ? product.price().currency() : currency;
      violations.check(
          product.price().currency().equals(currency),
          skuField(item),
          item.sku()
              + " is priced in "
              + product.price().currency()
              + ", but an order has one currency, here "
              + currency);
      lines.add(new OrderLine(item.sku(), product.name(), item.quantity(), product.price()));
    }
    InvalidOrder.unless(violations);
    var total = total(lines, currency);
    if (expectedTotal != null && !expectedTotal.equals(total)) {
      throw new Problem(
          ErrorCode.PRICE_CHANGED,
          "The total is "
              + total.amount()
              + " "
              + total.currency()
              + " now, in minor units; nothing was ordered",
          List.of(),
          Map.of("total", total));
    }
    return new Priced(List.copyOf(lines), total);
  }

  private static Money total(List<OrderLine> lines, String currency) {
    try {
      var total = Money.zero(currency);
      for (var line : lines) {
        total = total.plus(line.unitPrice().times(line.quantity()));
      }
      return total;
    } catch (ArithmeticException e) {
      throw new Problem(
          ErrorCode.AMOUNT_TOO_LARGE, "The total does not fit into 2^63 - 1 minor units");
    }
  }

  private static String skuField(Purchase.Item item) {
    return item.field().startsWith("items") ? item.field() + ".sku" : item.field();
  }
}
