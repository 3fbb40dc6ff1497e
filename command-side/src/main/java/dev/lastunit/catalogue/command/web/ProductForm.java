package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.command.ProductRules;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.Violations;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;

/** Makes product details of what clients and files say, or tells everything that is wrong. */
final class ProductForm {

  private ProductForm() {}

  /**
   * The details of a body.
   *
   * @param violations collects what is wrong; the details must not be used when it holds anything
   */
  static ProductDetails details(ProductBody body, Violations violations) {
    var price = price(body.price(), violations);
    var details =
        new ProductDetails(
            body.name(),
            body.description(),
            body.brand(),
            body.category(),
            price,
            attributes(body.attributes(), violations),
            body.imageUrl());
    for (var fault : ProductRules.faults(details)) {
      // A price that was sent but is not valid has been told already.
      if (!fault.field().equals("price") || body.price() == null) {
        violations.check(false, fault.field(), fault.message());
      }
    }
    return details;
  }

  private static Map<String, String> attributes(
      Map<String, String> attributes, Violations violations) {
    if (attributes == null) {
      return Map.of();
    }
    var texts = new HashMap<String, String>();
    attributes.forEach(
        (name, value) -> {
          violations.check(value != null, "attributes." + name, "must be a text");
          if (value != null) {
            texts.put(name, value);
          }
        });
    return texts;
  }

  static void sku(String sku, Violations violations) {
    violations.check(
        Sku.isValid(sku),
        "sku",
        "must have 1 to 64 letters, digits, spaces, dots, underscores, colons or hyphens");
  }

  /** Whether the text is an ISO 4217 code with minor units. */
  static boolean isCurrency(String code) {
    try {
      return code != null && Currency.getInstance(code).getDefaultFractionDigits() >= 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Money price(ProductBody.PriceBody price, Violations violations) {
    if (price == null) {
      return null;
    }
    violations.check(price.amount() != null, "price.amount", "is required, in minor units");
    violations.check(
        isCurrency(price.currency()), "price.currency", "must be an ISO 4217 code such as GBP");
    return price.amount() != null && isCurrency(price.currency())
        ? new Money(price.amount(), price.currency())
        : null;
  }
}
