package dev.lastunit.ordering.command.web;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/**
 * What a buyer sends to order: a cart or items, never both. Nothing is trusted; see {@link
 * Purchase#read}.
 *
 * <p>Numbers are read as they were written, so that a fraction or a number too large is a violation
 * that names its field and is never rounded.
 */
record PlaceOrderBody(
    @Schema(description = "The cart to order; without items") String cartId,
    @Schema(description = "What to order, up to the configured 2,000 SKUs; without cartId")
        List<Item> items,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) Address shippingAddress,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED) Payment payment,
    @Schema(description = "The total that the buyer saw; the order is not placed at another one")
        Amount expectedTotal) {

  /** Units of a SKU; the same SKU again adds to it. */
  record Item(
      @Schema(example = "85123A") String sku,
      @Schema(type = "integer", minimum = "1", maximum = "1000000", example = "6")
          Number quantity) {}

  /** Where it goes. */
  record Address(
      @Schema(maxLength = 200) String name,
      @Schema(maxLength = 200) String line1,
      @Schema(maxLength = 200, description = "May be left out") String line2,
      @Schema(maxLength = 100) String city,
      @Schema(maxLength = 20, description = "May be left out where there is none")
          String postalCode,
      @Schema(description = "ISO 3166 code", example = "GB") String country) {}

  /** How it is paid. */
  record Payment(
      @Schema(allowableValues = "card") String method,
      @Schema(maxLength = 255, description = "The provider's token", example = "tok_ok")
          String token) {}

  /** An amount in minor units. */
  record Amount(
      @Schema(type = "integer", format = "int64", minimum = "0", example = "1530") Number amount,
      @Schema(example = "GBP") String currency) {}
}
