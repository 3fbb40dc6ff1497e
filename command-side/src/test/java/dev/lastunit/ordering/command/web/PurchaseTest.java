package dev.lastunit.ordering.command.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lastunit.ordering.command.web.PlaceOrderBody.Address;
import dev.lastunit.ordering.command.web.PlaceOrderBody.Amount;
import dev.lastunit.ordering.command.web.PlaceOrderBody.Item;
import dev.lastunit.ordering.command.web.PlaceOrderBody.Payment;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.Sku;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same purchase reads the same, any other differently, and everything wrong is told at once.
 */
class PurchaseTest {

  private static final Address ADDRESS =
      new Address("Ada Lovelace", "1 High Street", null, "London", "N1 1AA", "GB");
  private static final Payment PAYMENT = new Payment("card", "tok_ok");
  private static final Amount EXPECTED = new Amount(9999, "EUR");

  /** Computed by another program: a replay may come years later. */
  @Test
  void fingerprintsAsItAlwaysDid() {
    assertThat(read(item("LAMP", 5), item("DESK", 1)).fingerprint())
        .isEqualTo("007d15c54a82b08c0204cb3dbefc08b045673baf8483c81e60cdb4bdb914ef3b");
  }

  @Test
  void mergesItemsOfTheSameSku() {
    var purchase = read(item("LAMP", 2), item("DESK", 1), item("LAMP", 3));

    assertThat(purchase.items())
        .containsExactly(
            new Purchase.Item(new Sku("LAMP"), 5, "items[0]"),
            new Purchase.Item(new Sku("DESK"), 1, "items[1]"));
    assertThat(purchase.fingerprint())
        .isEqualTo(read(item("DESK", 1), item("LAMP", 5)).fingerprint());
  }

  @Test
  void readsTheSameAddressWhateverTheSpacesAndTheCaseOfItsCountry() {
    var plain = read(item("LAMP", 1));
    var spaced =
        Purchase.read(
            new PlaceOrderBody(
                null,
                List.of(item("LAMP", 1)),
                new Address(" Ada Lovelace", "1 High Street ", " ", "London", "N1 1AA", "gb"),
                PAYMENT,
                EXPECTED));

    assertThat(spaced).isEqualTo(plain);
    assertThat(spaced.fingerprint()).isEqualTo(plain.fingerprint());
  }

  /** Goal: whatever a buyer changes is another purchase. Method: change one thing at a time. */
  @Test
  void fingerprintsEveryPartOfThePurchase() {
    var items = List.of(item("LAMP", 1), item("DESK", 2));
    var bodies =
        List.of(
            new PlaceOrderBody(null, items, ADDRESS, PAYMENT, EXPECTED),
            new PlaceOrderBody("cart-1", null, ADDRESS, PAYMENT, EXPECTED),
            new PlaceOrderBody("cart-2", null, ADDRESS, PAYMENT, EXPECTED),
            new PlaceOrderBody(null, items.subList(0, 1), ADDRESS, PAYMENT, EXPECTED),
            new PlaceOrderBody(
                null, List.of(item("LAMP", 2), item("DESK", 1)), ADDRESS, PAYMENT, EXPECTED),
            new PlaceOrderBody(
                null, List.of(item("LAMP 1", 1), item("DESK", 2)), ADDRESS, PAYMENT, EXPECTED),
            body(address("Ada", "1 High Street", null, "London", "N1 1AA", "GB")),
            body(address("Ada Lovelace", "2 High Street", null, "London", "N1 1AA", "GB")),
            body(address("Ada Lovelace", "1 High Street", "Flat 2", "London", "N1 1AA", "GB")),
            body(address("Ada Lovelace", "1 High Street", null, "Leeds", "N1 1AA", "GB")),
            body(address("Ada Lovelace", "1 High Street", null, "London", "N1 1AB", "GB")),
            body(address("Ada Lovelace", "1 High Street", null, "London", null, "GB")),
            body(address("Ada Lovelace", "1 High Street", null, "London", "N1 1AA", "IE")),
            body(address("Ada Lovelace", "1 High Street", "London", "N1 1AA", null, "GB")),
            new PlaceOrderBody(null, items, ADDRESS, new Payment("card", "tok_slow"), EXPECTED),
            new PlaceOrderBody(null, items, ADDRESS, PAYMENT, null),
            new PlaceOrderBody(null, items, ADDRESS, PAYMENT, new Amount(9998, "EUR")),
            new PlaceOrderBody(null, items, ADDRESS, PAYMENT, new Amount(9999, "GBP")));

    var fingerprints = new HashSet<String>();
    bodies.forEach(body -> fingerprints.add(Purchase.read(body).fingerprint()));

    assertThat(fingerprints).hasSameSizeAs(bodies);
  }

  @Test
  void takesAMillionUnitsOfASku() {
    assertThat(read(item("LAMP", 999_999), item("LAMP", 1)).items())
        .containsExactly(new Purchase.Item(new Sku("LAMP"), 1_000_000, "items[0]"));
  }

  @Test
  void takesNoMoreThanAMillionUnitsOfASku() {
    assertThat(violations(items(item("LAMP", 1_000_000), item("DESK", 1), item("LAMP", 1))))
        .containsExactly(
            new Violation(
                "items[2].quantity",
                "makes more than 1000000 units of the SKU together with items[0]"));
  }

  /** Thousands of such lines would not fit into a number of units. */
  @Test
  void doesNotWrapAroundWhenItAdds() {
    var many = new Item[3_000];
    Arrays.fill(many, item("LAMP", 1_000_000));

    assertThat(violations(items(many))).hasSize(2_999);
  }

  @ParameterizedTest
  @MethodSource("quantities")
  void takesWholeQuantitiesOnly(Number quantity) {
    assertThat(violations(items(item("LAMP", quantity))))
        .containsExactly(
            new Violation("items[0].quantity", "must be a whole number from 1 to 1000000"));
  }

  private static Stream<Number> quantities() {
    return Stream.of(
        0, -1, 1_000_001, 2.5, 1.0, 4_294_967_297L, BigInteger.TWO.pow(64).add(BigInteger.ONE));
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() {
    var fields =
        violations(
                new PlaceOrderBody(
                    null,
                    new ArrayList<>(
                        Arrays.asList(item("-", 1), item("LAMP", 0), null, item(null, null))),
                    new Address(" ", "x".repeat(201), "y\0", null, "z".repeat(21), "GBR"),
                    new Payment("cash", "with space"),
                    new Amount(-1, "XXXX")))
            .stream()
            .map(Violation::field);

    assertThat(fields)
        .containsExactly(
            "items[0].sku",
            "items[1].quantity",
            "items[2].sku",
            "items[2].quantity",
            "items[3].sku",
            "items[3].quantity",
            "shippingAddress.name",
            "shippingAddress.line1",
            "shippingAddress.line2",
            "shippingAddress.city",
            "shippingAddress.postalCode",
            "shippingAddress.country",
            "payment.method",
            "payment.token",
            "expectedTotal.amount",
            "expectedTotal.currency");
  }

  @Test
  void needsAnAddressAPaymentAndSomethingToBuy() {
    assertThat(violations(new PlaceOrderBody(null, null, null, null, null)))
        .extracting(Violation::field)
        .containsExactly("items", "shippingAddress", "payment");
  }

  @Test
  void needsEitherItemsOrACart() {
    assertThat(
            violations(
                new PlaceOrderBody("cart-1", List.of(item("LAMP", 1)), ADDRESS, PAYMENT, null)))
        .containsExactly(new Violation("items", "give either items or a cartId"));
  }

  @Test
  void needsAtLeastOneItem() {
    assertThat(violations(items()))
        .containsExactly(new Violation("items", "must have at least one item"));
  }

  @Test
  void boundsTheCartsIdentifier() {
    for (var cartId : List.of(" ", "c".repeat(161))) {
      assertThat(violations(new PlaceOrderBody(cartId, null, ADDRESS, PAYMENT, null)))
          .extracting(Violation::field)
          .containsExactly("cartId");
    }
  }

  @Test
  void takesAnyTotalWhenNoneIsExpected() {
    var purchase =
        Purchase.read(new PlaceOrderBody(null, List.of(item("LAMP", 1)), ADDRESS, PAYMENT, null));

    assertThat(purchase.expectedTotal()).isNull();
  }

  @Test
  void takesAnExpectedTotalUpToTheLargestAmount() {
    var purchase =
        Purchase.read(
            new PlaceOrderBody(
                null,
                List.of(item("LAMP", 1)),
                ADDRESS,
                PAYMENT,
                new Amount(Long.MAX_VALUE, "EUR")));

    assertThat(purchase.expectedTotal()).isEqualTo(new Money(Long.MAX_VALUE, "EUR"));
  }

  private static List<Violation> violations(PlaceOrderBody body) {
    var problem = catchThrowableOfType(Problem.class, () -> Purchase.read(body));
    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_ORDER);
    return problem.violations();
  }

  private static Purchase read(Item... items) {
    return Purchase.read(items(items));
  }

  private static PlaceOrderBody items(Item... items) {
    return new PlaceOrderBody(null, List.of(items), ADDRESS, PAYMENT, EXPECTED);
  }

  private static PlaceOrderBody body(Address address) {
    return new PlaceOrderBody(
        null, List.of(item("LAMP", 1), item("DESK", 2)), address, PAYMENT, EXPECTED);
  }

  private static Address address(
      String name, String line1, String line2, String city, String postalCode, String country) {
    return new Address(name, line1, line2, city, postalCode, country);
  }

  private static Item item(String sku, Number quantity) {
    return new Item(sku, quantity);
  }
}
