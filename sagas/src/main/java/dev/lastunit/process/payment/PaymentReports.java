package dev.lastunit.process.payment;

import dev.lastunit.payment.api.PaymentCommand;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.shared.api.Result.Accepted;
import dev.lastunit.shared.api.Result.Refused;
import java.util.concurrent.CompletableFuture;

/** Tells payments what their provider says. Never blocks; safe for several threads. */
final class PaymentReports {

  private final CommandSender sender;

  PaymentReports(CommandSender sender) {
    this.sender = sender;
  }

  /**
   * What the payment is after a report, whether it made a difference or not. A refusal means that
   * the provider's books and ours cannot be brought together, as with a second charge: then it
   * fails with a {@link StuckException}.
   */
  CompletableFuture<PaymentStatus> tell(PaymentCommand<PaymentStatus> report) {
    return sender
        .send(report)
        .thenApply(
            answer ->
                switch (answer) {
                  case Accepted<PaymentStatus>(PaymentStatus status, boolean repeated) -> status;
                  case Refused<PaymentStatus> refused ->
                      throw new StuckException(
                          report.getClass().getSimpleName()
                              + " was refused: "
                              + refused.code()
                              + " "
                              + refused.detail());
                });
  }
}
