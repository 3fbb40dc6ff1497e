package dev.lastunit.app.simulator;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One time that money of a charge was given back.
 *
 * @param amount minor units, positive
 * @param currency ISO 4217 code
 * @param at when, by the provider's clock
 * @param idempotencyKey of the request; null when it had none
 */
record Refund(
    long amount,
    String currency,
    Instant at,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String idempotencyKey) {}
