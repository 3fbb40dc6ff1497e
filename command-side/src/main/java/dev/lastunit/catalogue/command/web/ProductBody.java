package dev.lastunit.catalogue.command.web;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;

/** A product as clients put it and as it is answered to them. What is left out is empty. */
record ProductBody(
    @Schema(description = "1 to 500 characters", example = "White metal lantern") String name,
    @Schema(description = "Up to 20,000 characters") String description,
    @Schema(description = "Up to 200 characters") String brand,
    @Schema(description = "Path from the root", example = "home/lighting") String category,
    PriceBody price,
    @Schema(description = "Up to 100 names with values") Map<String, String> attributes,
    @Schema(description = "Absolute http or https address") String imageUrl) {

  /** A price in minor units. */
  record PriceBody(
      @Schema(description = "Minor units, 0 or more", example = "339") Long amount,
      @Schema(description = "ISO 4217", example = "GBP") String currency) {}
}
