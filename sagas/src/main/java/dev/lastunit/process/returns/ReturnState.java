package dev.lastunit.process.returns;

import dev.lastunit.ordering.api.OrderEvent.ReturnAccepted;
import dev.lastunit.ordering.api.ReturnedLine;
import dev.lastunit.process.engine.ProcessState;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReturnId;
import java.util.List;

/**
 * Where one return is.
 *
 * @param lines units that come back
 * @param refund what is given back for them; 0 when they cost nothing
 * @param refunded whether the money is known to be back
 */
record ReturnState(
    Step at,
    OrderId orderId,
    ReturnId returnId,
    List<ReturnedLine> lines,
    Money refund,
    boolean refunded)
    implements ProcessState {

  /** The steps; see {@link ReturnProcess} for what each does. */
  enum Step {
    SETTLING(true),
    AWAITING_REFUND(false),
    COMPLETING(true);

    private final boolean active;

    Step(boolean active) {
      this.active = active;
    }
  }

  static ReturnState of(ReturnAccepted event) {
    return new ReturnState(
        Step.SETTLING, event.orderId(), event.returnId(), event.lines(), event.refund(), false);
  }

  @Override
  public String step() {
    return at.name();
  }

  @Override
  public boolean active() {
    return at.active;
  }

  ReturnState at(Step next) {
    return new ReturnState(next, orderId, returnId, lines, refund, refunded);
  }

  ReturnState moneyIsBack() {
    return new ReturnState(at, orderId, returnId, lines, refund, true);
  }
}
