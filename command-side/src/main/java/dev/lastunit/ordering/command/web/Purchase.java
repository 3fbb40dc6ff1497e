package dev.lastunit.ordering.command.web;

import dev.lastunit.ordering.api.PaymentChoice;
import dev.lastunit.ordering.api.ShippingAddress;
import dev.lastunit.shared.api.CartId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.Violations;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A request to buy in its canonical form: the same purchase reads the same, however its body was
 * written.
 *
 * @param cartId null when the items came with the request
 * @param items one for each SKU in the order of their first mention; empty when a cart is ordered
 * @param expectedTotal null when the buyer takes any total
 */
record Purchase(
    CartId cartId,
    List<Item> items,
    ShippingAddress address,
    PaymentChoice payment,
    Money expectedTotal) {

  /** Most units of one SKU in an order. */
  static final int MAX_QUANTITY = 1_000_000;

  private static final Pattern COUNTRY = Pattern.compile("[A-Za-z]{2}");
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,255}");

  /** Part of every fingerprint; grows should the canonical form ever change. */
  private static final String FORM = "1";

  /**
   * Units of one SKU.
   *
   * @param field where the client wrote it, for violations that are found later
   */
  record Item(Sku sku, int quantity, String field) {}

  /**
   * Reads a body.
   *
   * @throws dev.lastunit.shared.api.Problem INVALID_ORDER with everything that is wrong with it,
   *     whatever the catalogue says
   */
  static Purchase read(PlaceOrderBody body) {
    var violations = new Violations();
    violations.check(
        (body.cartId() == null) != (body.items() == null),
        "items",
        "give either items or a cartId");
    var cartId = cartId(body.cartId(), violations);
    var items = body.items() == null ? List.<Item>of() : items(body.items(), violations);
    var address = address(body.shippingAddress(), violations);
    var payment = payment(body.payment(), violations);
    var expected = expectedTotal(body.expectedTotal(), violations);
    InvalidOrder.unless(violations);
    return new Purchase(cartId, items, address, payment, expected);
  }

  /**
   * Hash of the canonical form, 64 hexadecimal digits. Every part is written with its length before
   * it, so that no two different purchases are written alike.
   */
  String fingerprint() {
    var text = new StringBuilder();
    write(text, FORM);
    write(text, cartId == null ? null : cartId.value());
    write(text, Integer.toString(items.size()));
    items.stream()
        .sorted(Comparator.comparing(Item::sku))
        .forEach(
            item -> {
              write(text, item.sku().value());
              write(text, Integer.toString(item.quantity()));
            });
    write(text, address.name());
    write(text, address.line1());
    write(text, address.line2());
    write(text, address.city());
    write(text, address.postalCode());
    write(text, address.country());
    write(text, payment.method());
    write(text, payment.token());
    write(text, expectedTotal == null ? null : Long.toString(expectedTotal.amount()));
    write(text, expectedTotal == null ? null : expectedTotal.currency());
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static void write(StringBuilder text, String part) {
    if (part == null) {
      text.append("-;");
    } else {
      text.append(part.length()).append(':').append(part).append(';');
    }
  }

  private static CartId cartId(String text, Violations violations) {
    if (text == null) {
      return null;
    }
    violations.text("cartId", text, 1, 160);
    return text.isBlank() || text.length() > 160 ? null : new CartId(text);
  }

  private static List<Item> items(List<PlaceOrderBody.Item> bodies, Violations violations) {
    violations.check(!bodies.isEmpty(), "items", "must have at least one item");
    Map<String, Integer> places = new HashMap<>();
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < bodies.size(); i++) {
      var field = "items[" + i + "]";
      var body = bodies.get(i);
      var text = body == null ? null : body.sku();
      long quantity = Numbers.whole(body == null ? null : body.quantity());
      boolean known = Sku.isValid(text);
      boolean counted = quantity >= 1 && quantity <= MAX_QUANTITY;
      violations.check(known, field + ".sku", "there is no such SKU");
      violations.check(
          counted, field + ".quantity", "must be a whole number from 1 to " + MAX_QUANTITY);
      if (!known || !counted) {
        continue;
      }
      var place = places.putIfAbsent(text, items.size());
      if (place == null) {
        items.add(new Item(new Sku(text), (int) quantity, field));
        continue;
      }
      var first = items.get(place);
      long sum = first.quantity() + quantity;
      violations.check(
          sum <= MAX_QUANTITY,
          field + ".quantity",
          "makes more than " + MAX_QUANTITY + " units of the SKU together with " + first.field());
      items.set(place, new Item(first.sku(), (int) Math.min(sum, MAX_QUANTITY), first.field()));
    }
    return List.copyOf(items);
  }

  private static ShippingAddress address(PlaceOrderBody.Address body, Violations violations) {
    if (body == null) {
      violations.check(false, "shippingAddress", "is required");
      return null;
    }
    var address =
        new ShippingAddress(
            strip(body.name()),
            strip(body.line1()),
            strip(body.line2()),
            strip(body.city()),
            strip(body.postalCode()),
            body.country() == null ? null : body.country().toUpperCase(Locale.ROOT));
    violations.text("shippingAddress.name", address.name(), 1, 200);
    violations.text("shippingAddress.line1", address.line1(), 1, 200);
    violations.text("shippingAddress.line2", address.line2(), 0, 200);
    violations.text("shippingAddress.city", address.city(), 1, 100);
    violations.text("shippingAddress.postalCode", address.postalCode(), 0, 20);
    violations.check(
        body.country() != null && COUNTRY.matcher(body.country()).matches(),
        "shippingAddress.country",
        "must be an ISO 3166 code of two letters");
    return address;
  }

  /** Null and blank are the same to a buyer. */
  private static String strip(String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static PaymentChoice payment(PlaceOrderBody.Payment body, Violations violations) {
    if (body == null) {
      violations.check(false, "payment", "is required");
      return null;
    }
    violations.check("card".equals(body.method()), "payment.method", "must be card");
    violations.check(
        body.token() != null && TOKEN.matcher(body.token()).matches(),
        "payment.token",
        "must have 1 to 255 visible ASCII characters");
    return new PaymentChoice(body.method(), body.token());
  }

  private static Money expectedTotal(PlaceOrderBody.Amount body, Violations violations) {
    if (body == null) {
      return null;
    }
    long amount = Numbers.whole(body.amount());
    violations.check(amount >= 0, "expectedTotal.amount", "must be a whole number, 0 or more");
    try {
      return new Money(amount, body.currency() == null ? "" : body.currency());
    } catch (IllegalArgumentException e) {
      violations.check(false, "expectedTotal.currency", "must be an ISO 4217 code such as EUR");
      return null;
    }
  }
}
