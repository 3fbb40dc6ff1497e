package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentCommand.RecordAuthorisation;
import dev.lastunit.payment.api.PaymentCommand.RecordCapture;
import dev.lastunit.payment.api.PaymentCommand.RecordDecline;
import dev.lastunit.payment.api.PaymentCommand.RecordPending;
import dev.lastunit.payment.api.PaymentCommand.RecordRefundTotal;
import dev.lastunit.payment.api.PaymentCommand.RecordVoid;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.payment.PaymentProvider.Charge;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.PaymentId;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the simulator's webhooks: {@code {type, timestamp, data}}, where {@code data} is the charge
 * right after the step. The charge's reference is the order, and the order names the payment.
 */
public final class SimulatorWebhookTranslator implements WebhookTranslator {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int LONGEST_TYPE = 100;

  @Override
  public Translated translate(byte[] body) {
    String type = "unreadable";
    try {
      JsonNode tree = JSON.readTree(body);
      String said = tree.path("type").asString("unknown").replace("\u0000", "");
      type = said.length() <= LONGEST_TYPE ? said : said.substring(0, LONGEST_TYPE);
      JsonNode data = tree.path("data");
      OrderId order = new OrderId(data.path("reference").asString());
      return new Translated(
          type, commandOf(PaymentId.of(order), SimulatorPaymentProvider.charge(data)));
    } catch (RuntimeException notAReport) {
      return new Translated(type, null);
    }
  }

  private static PaymentCommand<PaymentStatus> commandOf(PaymentId payment, Charge charge) {
    return switch (charge.status()) {
      case PENDING -> new RecordPending(payment, charge.chargeId());
      case AUTHORISED -> new RecordAuthorisation(payment, charge.chargeId(), charge.amount());
      case CAPTURED ->
          charge.refunded().amount() > 0
              ? new RecordRefundTotal(payment, charge.chargeId(), charge.refunded())
              : new RecordCapture(payment, charge.chargeId(), charge.captured());
      case DECLINED ->
          new RecordDecline(payment, Objects.requireNonNullElse(charge.declineCode(), "declined"));
      case VOIDED -> new RecordVoid(payment);
      case REFUNDED -> new RecordRefundTotal(payment, charge.chargeId(), charge.refunded());
    };
  }
}
