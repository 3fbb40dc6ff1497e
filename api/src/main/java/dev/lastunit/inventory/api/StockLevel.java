package dev.lastunit.inventory.api;

/**
 * The stock of a SKU over all locations, in units.
 *
 * @param onHand in the building
 * @param reserved promised to unfinished orders
 * @param available what a buyer could still get: onHand - reserved - safetyStock +
 *     oversellAllowance
 * @param sold committed to confirmed orders and not returned
 */
public record StockLevel(int onHand, int reserved, int available, int sold) {}
