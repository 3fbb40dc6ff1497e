package dev.lastunit.ordering.api;

/**
 * Where an order goes. Personal data: kept in one component of events so that it can be masked and
 * erased as a whole.
 *
 * @param country ISO 3166 code, two capital letters
 */
public record ShippingAddress(
    String name, String line1, String line2, String city, String postalCode, String country) {}
