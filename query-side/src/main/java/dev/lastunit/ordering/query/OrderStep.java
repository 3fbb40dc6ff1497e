package dev.lastunit.ordering.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lastunit.ordering.api.OrderStatus;
import dev.lastunit.ordering.api.RejectionReason;
import dev.lastunit.ordering.api.Shortage;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.ReturnId;
import dev.lastunit.shared.api.ShipmentId;
import java.time.Instant;
import java.util.List;

/**
 * One step of an order as its event stream tells it; what does not concern the step is null and
 * left out of the JSON.
 *
 * @param type name of the step, as in the order's timeline
 * @param at when it was recorded
 * @param position global position; ascending within the stream
 * @param status of the order after the step
 * @param reason why it was rejected
 * @param note the reason that was given for a cancellation
 * @param shortages lines that could not be reserved
 * @param expiresAt until when units are held
 * @param paymentId the payment, in its steps
 * @param paymentStatus the payment's status after the step, in its steps
 * @param amount what was asked for, authorised, taken, given back, or will be for a return
 * @param declineCode the provider's word for a decline, or for a refund that failed
 * @param refundId the refund, when money went back because one was asked for
 * @param returnId the return, in its steps
 * @param shipmentId the shipment, in its steps
 * @param carrier who has it
 * @param trackingNumber the carrier's number
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OrderStep(
    OrderId orderId,
    String type,
    Instant at,
    long position,
    OrderStatus status,
    RejectionReason reason,
    String note,
    List<Shortage> shortages,
    Instant expiresAt,
    PaymentId paymentId,
    String paymentStatus,
    Money amount,
    String declineCode,
    RefundId refundId,
    ReturnId returnId,
    ShipmentId shipmentId,
    String carrier,
    String trackingNumber) {}
