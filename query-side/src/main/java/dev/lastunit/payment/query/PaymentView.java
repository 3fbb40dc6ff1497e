package dev.lastunit.payment.query;

import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.shared.api.CustomerId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.time.Instant;

/**
 * A payment as its owner and operators see it. The means of payment's token is never shown.
 *
 * @param customerId null when the payment was closed before it was requested, like amount,
 *     captured, refunded, method and provider
 * @param amount what was asked for
 * @param captured what was taken in all
 * @param refunded what was given back in all
 * @param chargeId the provider's; null before it is known
 * @param declineCode the provider's word; null unless declined
 * @param openedAt when the first thing happened
 * @param changedAt when the last thing happened
 */
public record PaymentView(
    PaymentId paymentId,
    OrderId orderId,
    CustomerId customerId,
    PaymentStatus status,
    Money amount,
    Money captured,
    Money refunded,
    String method,
    String provider,
    String chargeId,
    String declineCode,
    Instant openedAt,
    Instant changedAt) {}
