package dev.lastunit.payment.query.web;

import dev.lastunit.payment.query.PaymentReads;
import dev.lastunit.payment.query.PaymentView;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * The read of a payment. It is shown to its owner and to operators; to everybody else it does not
 * exist.
 */
@RestController
@Tag(name = "Payment")
class PaymentReadController {

  private final PaymentReads reads;

  PaymentReadController(PaymentReads reads) {
    this.reads = reads;
  }

  @GetMapping(path = "/v1/payments/{paymentId}", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(summary = "One payment")
  Mono<ResponseEntity<PaymentView>> payment(
      @PathVariable String paymentId,
      @Parameter(hidden = true) Caller caller,
      ServerHttpRequest request) {
    Reads.requireToken(caller);
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.check();
    if (paymentId.isBlank() || paymentId.length() > 160) {
      throw Problem.notFound("payment");
    }
    return reads
        .find(new PaymentId(paymentId), minPosition)
        .map(
            found -> {
              if (found.value() == null || !maySee(caller, found.value())) {
                throw Problem.notFound("payment");
              }
              return Reads.ok(found.position()).body(found.value());
            });
  }

  private static boolean maySee(Caller caller, PaymentView payment) {
    return caller.is(Caller.OPERATOR) || caller.subject().equals(payment.customerId());
  }
}
