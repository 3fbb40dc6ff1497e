package dev.lastunit.ordering.api;

import dev.lastunit.shared.api.PersonalData;

/**
 * How the buyer pays.
 *
 * @param method such as {@code card}
 * @param token the provider's token for the means of payment; card data never reaches us
 */
public record PaymentChoice(String method, @PersonalData String token) {}
