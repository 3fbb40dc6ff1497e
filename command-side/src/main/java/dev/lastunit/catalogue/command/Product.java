package dev.lastunit.catalogue.command;

import static org.axonframework.modelling.command.AggregateCreationPolicy.CREATE_IF_MISSING;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.lastunit.catalogue.api.ProductCommand;
import dev.lastunit.catalogue.api.ProductCommand.DelistProduct;
import dev.lastunit.catalogue.api.ProductCommand.PutOutcome;
import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Result;
import java.util.Optional;
import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.eventsourcing.EventSourcingHandler;
import org.axonframework.modelling.command.AggregateIdentifier;
import org.axonframework.modelling.command.AggregateLifecycle;
import org.axonframework.modelling.command.CreationPolicy;
import org.axonframework.serialization.Revision;

/**
 * What the shop says about one SKU, and whether it offers it. A command that changes nothing
 * records nothing, so that a whole catalogue can be put again without a single event.
 *
 * <p>Streams are short: one event for each change of a product.
 */
@Revision("1")
@JsonAutoDetect(
    fieldVisibility = Visibility.ANY,
    getterVisibility = Visibility.NONE,
    isGetterVisibility = Visibility.NONE,
    setterVisibility = Visibility.NONE,
    creatorVisibility = Visibility.ANY)
class Product {

  @AggregateIdentifier private String stream;

  /** The last details, kept when the product is delisted; null as long as nothing was put. */
  private ProductDetails details;

  private boolean listed;

  /** For the framework, which creates an empty instance before it sources or creates. */
  Product() {}

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<PutOutcome> handle(PutProduct command) {
    identify(command);
    var faults = ProductRules.faults(command.details());
    if (!faults.isEmpty()) {
      var first = faults.getFirst();
      return Result.refused(ErrorCode.INVALID_FIELD, first.field() + " " + first.message());
    }
    var event = decide(details, listed, command);
    event.ifPresent(AggregateLifecycle::apply);
    return event
        .map(
            e -> Result.accepted(e instanceof ProductAdded ? PutOutcome.ADDED : PutOutcome.CHANGED))
        .orElseGet(() -> Result.repeated(PutOutcome.UNCHANGED));
  }

  @CommandHandler
  @CreationPolicy(CREATE_IF_MISSING)
  Result<Void> handle(DelistProduct command) {
    identify(command);
    if (details == null) {
      return Result.refused(ErrorCode.NOT_FOUND, "There is no such product");
    }
    if (!listed) {
      return Result.repeated(null);
    }
    AggregateLifecycle.apply(new ProductDelisted(command.sku()));
    return Result.accepted(null);
  }

  /** The event of a put, none when the product is listed with the very same details. */
  static Optional<ProductEvent> decide(ProductDetails details, boolean listed, PutProduct command) {
    if (!listed) {
      return Optional.of(new ProductAdded(command.sku(), command.details()));
    }
    return command.details().equals(details)
        ? Optional.empty()
        : Optional.of(new ProductChanged(command.sku(), command.details()));
  }

  @EventSourcingHandler
  void on(ProductEvent event) {
    stream = "product-" + event.sku().value();
    switch (event) {
      case ProductAdded e -> {
        details = e.details();
        listed = true;
      }
      case ProductChanged e -> details = e.details();
      case ProductDelisted e -> listed = false;
    }
  }

  private void identify(ProductCommand<?> command) {
    // Without an event nothing else sets the identifier, and the framework's caching repository
    // fails on an instance that has none (4.13.0). An instance without events leaves no stream.
    stream = command.stream();
  }
}
