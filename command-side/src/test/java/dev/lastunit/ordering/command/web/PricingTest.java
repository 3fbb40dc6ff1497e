package dev.lastunit.ordering.command.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.CatalogueQuery.Prices;
import dev.lastunit.ordering.api.OrderLine;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.Sku;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Totals are exact, in one currency, and the expected ones. */
class PricingTest {

  private static final List<Purchase.Item> TWO_LAMPS_AND_A_DESK =
      List.of(item("LAMP", 2, 0), item("DESK", 1, 1));

  @Test
  void addsUpExactly() {
    var priced =
        Pricing.price(
            TWO_LAMPS_AND_A_DESK,
            prices(product("DESK", 9900, "EUR"), product("LAMP", 1250, "EUR")),
            eur(12_400));

    assertThat(priced.lines())
        .containsExactly(
            new OrderLine(new Sku("LAMP"), "Name of LAMP", 2, eur(1250)),
            new OrderLine(new Sku("DESK"), "Name of DESK", 1, eur(9900)));
    assertThat(priced.total()).isEqualTo(eur(12_400));
  }

  @Test
  void takesAnyTotalWhenNoneIsExpected() {
    assertThat(
            Pricing.price(List.of(item("LAMP", 2, 0)), prices(product("LAMP", 0, "EUR")), null)
                .total())
        .isEqualTo(eur(0));
  }

  @Test
  void tellsTheTotalWhenAnotherIsExpected() {
    for (var expected : List.of(eur(2_499), eur(2_501), new Money(2_500, "GBP"))) {
      var problem =
          refusal(List.of(item("LAMP", 2, 0)), prices(product("LAMP", 1250, "EUR")), expected);

      assertThat(problem.code()).isEqualTo(ErrorCode.PRICE_CHANGED);
      assertThat(problem.extensions()).containsEntry("total", eur(2_500));
    }
  }

  @Test
  void namesEverySkuThatIsNotListed() {
    var problem = refusal(TWO_LAMPS_AND_A_DESK, prices(), null);

    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_ORDER);
    assertThat(problem.violations())
        .containsExactly(
            new Violation("items[0].sku", "there is no such SKU: LAMP"),
            new Violation("items[1].sku", "there is no such SKU: DESK"));
  }

  @Test
  void namesTheCartWhenASkuInItIsNotListedAnyMore() {
    var problem = refusal(List.of(new Purchase.Item(new Sku("LAMP"), 1, "cartId")), prices(), null);

    assertThat(problem.violations())
        .containsExactly(new Violation("cartId", "there is no such SKU: LAMP"));
  }

  @Test
  void mixesNoCurrencies() {
    var problem =
        refusal(
            TWO_LAMPS_AND_A_DESK,
            prices(product("LAMP", 1250, "EUR"), product("DESK", 9900, "GBP")),
            null);

    assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_ORDER);
    assertThat(problem.violations())
        .containsExactly(
            new Violation(
                "items[1].sku", "DESK is priced in GBP, but an order has one currency, here EUR"));
  }

  @Test
  void holdsTheLargestAmount() {
    assertThat(
            Pricing.price(
                    List.of(item("LAMP", 1, 0), item("DESK", 1, 1)),
                    prices(product("LAMP", Long.MAX_VALUE - 1, "EUR"), product("DESK", 1, "EUR")),
                    null)
                .total())
        .isEqualTo(eur(Long.MAX_VALUE));
  }

  @Test
  void refusesWhatDoesNotFitIntoALine() {
    assertThat(
            refusal(
                    List.of(item("LAMP", 2, 0)),
                    prices(product("LAMP", Long.MAX_VALUE / 2 + 1, "EUR")),
                    null)
                .code())
        .isEqualTo(ErrorCode.AMOUNT_TOO_LARGE);
  }

  @Test
  void refusesWhatDoesNotFitIntoTheTotal() {
    assertThat(
            refusal(
                    List.of(item("LAMP", 1, 0), item("DESK", 1, 1)),
                    prices(product("LAMP", Long.MAX_VALUE, "EUR"), product("DESK", 1, "EUR")),
                    null)
                .code())
        .isEqualTo(ErrorCode.AMOUNT_TOO_LARGE);
  }

  private static Problem refusal(List<Purchase.Item> items, Prices prices, Money expected) {
    return catchThrowableOfType(Problem.class, () -> Pricing.price(items, prices, expected));
  }

  private static Purchase.Item item(String sku, int quantity, int place) {
    return new Purchase.Item(new Sku(sku), quantity, "items[" + place + "]");
  }

  private static Prices prices(PricedProduct... products) {
    return new Prices(List.of(products));
  }

  private static PricedProduct product(String sku, long amount, String currency) {
    return new PricedProduct(new Sku(sku), "Name of " + sku, new Money(amount, currency));
  }

  private static Money eur(long amount) {
    return new Money(amount, "EUR");
  }
}
