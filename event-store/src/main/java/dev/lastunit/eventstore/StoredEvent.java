package dev.lastunit.eventstore;

import java.time.Instant;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventData;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.serialization.SerializedMetaData;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SimpleSerializedObject;

/**
 * A row of the event or snapshot table, in the form that Axon deserialises from.
 *
 * @param position global position; 0 for a snapshot
 */
record StoredEvent(
    long position,
    long sequence,
    Instant at,
    String stream,
    String type,
    String revision,
    String eventId,
    String payload,
    String metadata)
    implements DomainEventData<String>, TrackedEventData<String> {

  /** The kind of aggregate: the stream's prefix. */
  @Override
  public String getType() {
    return stream.substring(0, stream.indexOf('-'));
  }

  @Override
  public String getAggregateIdentifier() {
    return stream;
  }

  @Override
  public long getSequenceNumber() {
    return sequence;
  }

  @Override
  public TrackingToken trackingToken() {
    return new GlobalSequenceTrackingToken(position);
  }

  @Override
  public String getEventIdentifier() {
    return eventId;
  }

  @Override
  public Instant getTimestamp() {
    return at;
  }

  @Override
  public SerializedObject<String> getMetaData() {
    return new SerializedMetaData<>(metadata, String.class);
  }

  @Override
  public SerializedObject<String> getPayload() {
    return new SimpleSerializedObject<>(payload, String.class, type, revision);
  }
}
