package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.PersonalData;

/**
 * Where an order goes. Personal data: kept in one component of events so that it can be masked and
 * erased as a whole.
 *
 * @param country ISO 3166 code, two capital letters
 */
public record ShippingAddress(
    @PersonalData String name,
    @PersonalData String line1,
    @PersonalData String line2,
    @PersonalData String city,
    @PersonalData String postalCode,
    String country) {}
