package dev.lastunit.eventstore;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.RecordedEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.axonframework.eventhandling.DomainEventMessage;

/** From Axon's event messages to what our handlers see. */
final class RecordedEvents {

  private RecordedEvents() {}

  /** An event as it is read back from the store. */
  static RecordedEvent of(long position, DomainEventMessage<?> message) {
    if (!(message.getPayload() instanceof Event payload)) {
      throw new IllegalStateException("Unknown event type at position " + position);
    }
    return new RecordedEvent(
        position,
        at(message),
        message.getAggregateIdentifier(),
        message.getSequenceNumber(),
        payload,
        message.getMetaData());
  }

  /** The message's time as precisely as the store keeps it. */
  static Instant at(DomainEventMessage<?> message) {
    return message.getTimestamp().truncatedTo(ChronoUnit.MICROS);
  }
}
