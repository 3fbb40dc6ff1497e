package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Sku;
import java.util.List;

/**
 * What one record of a file says.
 *
 * @param opening stock with which locations begin; each location once
 */
record ImportLine(Sku sku, ProductDetails details, List<Opening> opening) {

  /**
   * Stock with which a location begins.
   *
   * @param quantity units, 0 or more
   */
  record Opening(LocationId location, int quantity) {}
}
