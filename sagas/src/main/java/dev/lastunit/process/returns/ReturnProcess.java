package dev.lastunit.process.returns;

import dev.lastunit.inventory.api.StockCommand.ReturnUnits;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.ordering.api.OrderCommand.CompleteReturn;
import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.OrderReturn;
import dev.lastunit.payment.api.PaymentCommand.RequestRefund;
import dev.lastunit.payment.api.PaymentEvent.PaymentRefunded;
import dev.lastunit.payment.api.PaymentStatus;
import dev.lastunit.payment.api.RefundStatus;
import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.Decision;
import dev.lastunit.process.engine.ProcessDefinition;
import dev.lastunit.process.engine.Stimulus;
import dev.lastunit.process.engine.Stimulus.Happened;
import dev.lastunit.process.engine.Stimulus.TimedOut;
import dev.lastunit.process.engine.StuckException;
import dev.lastunit.process.returns.ReturnState.Step;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.PaymentId;
import dev.lastunit.shared.api.RefundId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.Result;
import dev.lastunit.shared.api.Result.Accepted;
import dev.lastunit.shared.api.Result.Refused;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Settles a return: has its money given back by a refund of the order's payment, and its units put
 * into stock again. An instance is named after the refund, which derives from the return.
 *
 * <table>
 * <caption>Step, stimulus, what comes next</caption>
 * <tr><th>step</th><th>stimulus</th><th>next</th></tr>
 * <tr><td>(none)</td><td>ReturnAccepted</td><td>SETTLING</td></tr>
 * <tr><td>SETTLING</td><td>effect: RequestRefund unless there is nothing to give back; ReturnUnits for
 *   lines that go back to stock</td><td>COMPLETING when the money is back, else AWAITING_REFUND; again
 *   after 10 s when the money has not been taken yet</td></tr>
 * <tr><td>AWAITING_REFUND</td><td>PaymentRefunded by this refund</td><td>COMPLETING</td></tr>
 * <tr><td>AWAITING_REFUND</td><td>time-out, 10 min</td><td>SETTLING</td></tr>
 * <tr><td>COMPLETING</td><td>effect: CompleteReturn</td><td>end</td></tr>
 * </table>
 *
 * PaymentRefunded is noted in SETTLING and COMPLETING. Everything else changes nothing.
 */
final class ReturnProcess implements ProcessDefinition<ReturnState> {

  static final Duration ASK_AGAIN = Duration.ofMinutes(10);
  static final Duration UNTIL_TAKEN = Duration.ofSeconds(10);

  private static final String REASON = "returned";

  private static final Set<String> NOT_YET_TAKEN =
      Set.copyOf(
          Stream.of(
                  PaymentStatus.REQUESTED,
                  PaymentStatus.PENDING,
                  PaymentStatus.AUTHORISED,
                  PaymentStatus.CAPTURING)
              .map(PaymentStatus::text)
              .toList());

  /** What the effects come to. */
  sealed interface Settlement extends Stimulus.Outcome {

    /**
     * The refund is asked for, and the units are in stock.
     *
     * @param refunded whether the money is back already, or there is none to give back
     */
    record Settled(boolean refunded) implements Settlement {}

    /** The order's money has not been taken yet. The units are in stock. */
    record NotYetTaken() implements Settlement {}

    /** The order knows that the return is settled. */
    record Completed() implements Settlement {}
  }

  private final CommandSender sender;

  ReturnProcess(CommandSender sender) {
    this.sender = sender;
  }

  @Override
  public String name() {
    return "return";
  }

  @Override
  public Class<ReturnState> stateType() {
    return ReturnState.class;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.of(ReturnAccepted.class, PaymentRefunded.class);
  }

  @Override
  public String instanceOf(Event event) {
    return switch (event) {
      case ReturnAccepted accepted -> RefundId.of(accepted.returnId()).value();
      case PaymentRefunded refunded when refunded.refundId() != null -> refunded.refundId().value();
      default -> null;
    };
  }

  @Override
  public boolean isFirst(Event event) {
    return event instanceof ReturnAccepted;
  }

  @Override
  public Decision<ReturnState> decide(ReturnState state, Stimulus stimulus) {
    if (state == null) {
      return stimulus instanceof Happened(ReturnAccepted accepted, _)
          ? Decision.run(ReturnState.of(accepted))
          : Decision.ignore();
    }
    return switch (stimulus) {
      case Happened(PaymentRefunded refunded, _) ->
          state.active()
              ? Decision.note(state.moneyIsBack())
              : Decision.run(state.moneyIsBack().at(Step.COMPLETING));
      case TimedOut timedOut when state.at() == Step.AWAITING_REFUND ->
          Decision.run(state.at(Step.SETTLING));
      case Settlement.Settled settled when state.at() == Step.SETTLING ->
          settled.refunded() || state.refunded()
              ? Decision.run(state.at(Step.COMPLETING))
              : Decision.awaitFor(state.at(Step.AWAITING_REFUND), ASK_AGAIN);
      case Settlement.NotYetTaken later when state.at() == Step.SETTLING ->
          Decision.runAfter(state, UNTIL_TAKEN);
      case Settlement.Completed completed when state.at() == Step.COMPLETING ->
          Decision.end("completed");
      default -> Decision.ignore();
    };
  }

  @Override
  public CompletableFuture<Settlement> perform(ReturnState state) {
    return switch (state.at()) {
      case SETTLING -> settle(state);
      case COMPLETING -> complete(state);
      case AWAITING_REFUND -> throw new IllegalStateException(state.step() + " has no effect");
    };
  }

  /** Units go back to stock also when their money cannot be asked for. */
  private CompletableFuture<Settlement> settle(ReturnState state) {
    if (state.refund().amount() == 0) {
      return restock(state).thenApply(done -> new Settlement.Settled(true));
    }
    return sender
        .send(
            new RequestRefund(
                PaymentId.of(state.orderId()),
                RefundId.of(state.returnId()),
                state.refund(),
                REASON))
        .thenCompose(asked -> restock(state).thenApply(done -> settled(asked)));
  }

  private static Settlement settled(Result<RefundStatus> asked) {
    return switch (asked) {
      case Accepted<RefundStatus>(RefundStatus status, boolean repeated) ->
          new Settlement.Settled(status == RefundStatus.REFUNDED);
      case Refused<RefundStatus> refused -> {
        if (NOT_YET_TAKEN.contains(String.valueOf(refused.facts().get("status")))) {
          yield new Settlement.NotYetTaken();
        }
        throw refusal("RequestRefund", refused);
      }
    };
  }

  private CompletableFuture<Void> restock(ReturnState state) {
    List<ReturnUnits> back =
        state.lines().stream()
            .filter(line -> !line.allocations().isEmpty())
            .map(
                line ->
                    new ReturnUnits(
                        line.sku(),
                        ReservationId.of(state.orderId(), line.sku()),
                        state.orderId(),
                        line.allocations(),
                        REASON,
                        state.returnId()))
            .toList();
    return sender
        .sendAll(back)
        .thenAccept(
            answers -> {
              for (Result<StockLevel> answer : answers) {
                if (answer instanceof Refused<StockLevel> refused) {
                  throw refusal("ReturnUnits", refused);
                }
              }
            });
  }

  private CompletableFuture<Settlement> complete(ReturnState state) {
    return sender
        .send(new CompleteReturn(state.orderId(), state.returnId()))
        .thenApply(
            answer ->
                switch (answer) {
                  case Accepted<OrderReturn> accepted -> new Settlement.Completed();
                  case Refused<OrderReturn> refused -> throw refusal("CompleteReturn", refused);
                });
  }

  private static StuckException refusal(String command, Refused<?> refused) {
    return new StuckException(command + " was refused: " + refused.code() + " " + refused.detail());
  }
}
