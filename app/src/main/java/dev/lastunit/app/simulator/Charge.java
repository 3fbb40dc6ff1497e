package dev.lastunit.app.simulator;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A charge as the provider's clients see it, at one moment of its life.
 *
 * @param chargeId the provider's name for it, {@code ch_} and 32 hexadecimal digits
 * @param reference the client's name for what is paid; several charges may share one
 * @param status where it stands
 * @param amount minor units asked for, positive
 * @param amountCaptured minor units taken, at most {@code amount}
 * @param amountRefunded minor units given back, at most {@code amountCaptured}
 * @param currency ISO 4217 code
 * @param declineCode why it was declined; null otherwise
 */
record Charge(
    String chargeId,
    String reference,
    ChargeStatus status,
    long amount,
    long amountCaptured,
    long amountRefunded,
    String currency,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String declineCode) {}
