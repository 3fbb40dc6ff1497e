package dev.lastunit.inventory.command;

import static org.axonframework.modelling.command.AggregateCreationPolicy.CREATE_IF_MISSING;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.StockCommand;
import dev.lastunit.inventory.api.StockCommand.AdjustStock;
import dev.lastunit.inventory.api.StockCommand.ConfirmReservation;
import dev.lastunit.inventory.api.StockCommand.ExpireReservations;
import dev.lastunit.inventory.api.StockCommand.ReceiveStock;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.inventory.api.StockCommand.ReleaseReservation;
import dev.lastunit.inventory.api.StockCommand.ReserveStock;
import dev.lastunit.inventory.api.StockCommand.ReturnUnits;
import dev.lastunit.inventory.api.StockCommand.SetStockPolicy;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.shared.api.Result;
import java.time.Instant;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;
import org.axonframework.serialization.Revision;

/**
 * The stock of one SKU. Never promises a unit twice: at every location {@code 0 <= reserved <= on
 * hand}, and a reservation ends exactly once.
 *
 * <p><b>Size.</b> Streams may grow to hundreds of thousands of events; the state is bounded by the
 * open reservations and the two memories of {@link StockState}, so that a snapshot and the events
 * after it are enough to load it. The class is its own snapshot; its revision changes with the form
 * of its state.
 *
 * <p><b>Repeats.</b> Receipts and adjustments are recognised by their command's identifier, opening
 * stock by its location, everything else by the reservation's identifier.
 */
@Revision("1")
@JsonAutoDetect(
    fieldVisibility = Visibility.ANY,
    getterVisibility = Visibility.NONE,
    isGetterVisibility = Visibility.NONE,
    setterVisibility = Visibility.NONE,
    creatorVisibility = Visibility.ANY)
class SkuInventory {

  @AggregateIdentifier private String stream;
  private StockState state = new StockState();

  /** For the framework, which creates an empty instance before it sources or creates. */
  SkuInventory() {}

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<StockLevel> handle(ReceiveStock command) {
    return perform(command, StockDecisions.receive(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<StockLevel> handle(RecordOpeningStock command) {
    return perform(command, StockDecisions.open(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<StockLevel> handle(AdjustStock command) {
    return perform(command, StockDecisions.adjust(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<StockLevel> handle(SetStockPolicy command) {
    return perform(command, StockDecisions.setPolicy(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Reservation> handle(ReserveStock command) {
    return perform(command, StockDecisions.reserve(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Reservation> handle(ConfirmReservation command) {
    return perform(command, StockDecisions.confirm(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Void> handle(ReleaseReservation command) {
    return perform(command, StockDecisions.release(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<StockLevel> handle(ReturnUnits command) {
    return perform(command, StockDecisions.takeBack(state, command));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Instant> handle(ExpireReservations command) {
    return perform(command, StockDecisions.expire(state, command));
  }

  @EventSourcingHandler
  void on(StockEvent event) {
    stream = StockCommand.streamOf(event.sku());
    state.apply(event);
  }

  private <R> Result<R> perform(StockCommand<R> command, Decision<R> decision) {
    // A refusal of an unknown SKU records nothing, and then no event sets the identifier; but the
    // framework's caching repository stores every instance that handled a command under its
    // identifier and fails on null (4.13.0). An instance without events leaves no stream behind.
    stream = command.stream();
    decision.events().forEach(AggregateLifecycle::apply);
    return decision.answer().apply(state);
  }
}
