package dev.lastunit.eventstore;

import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.EventTypes;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.axonframework.messaging.MetaData;
import org.axonframework.serialization.ChainingConverter;
import org.axonframework.serialization.Converter;
import org.axonframework.serialization.SerializationException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.SerializedType;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.SimpleSerializedObject;
import org.axonframework.serialization.SimpleSerializedType;
import org.axonframework.serialization.jackson3.ByteArrayToJsonNodeConverter;
import org.axonframework.serialization.jackson3.JsonNodeToByteArrayConverter;
import org.axonframework.serialization.jackson3.JsonNodeToObjectNodeConverter;
import org.axonframework.serialization.jackson3.ObjectNodeToJsonNodeConverter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes events, metadata and snapshots as JSON text under logical type names ({@code
 * ordering.OrderPlaced}), never Java class names, so that moving a class changes nothing that is
 * stored (ADR 0002).
 *
 * <p>A name that is not known is an error that stops the reader with a clear message; it is never
 * skipped.
 *
 * <p>Thread-safe; never blocks.
 */
public final class EventStoreSerializer implements Serializer {

  private static final String METADATA = MetaData.class.getName();

  private final JsonMapper mapper = EventJson.mapper();
  private final ChainingConverter converter = new ChainingConverter();
  private final Map<String, Class<?>> snapshotTypes;
  private final Map<Class<?>, SerializedType> snapshotNames;

  /**
   * @param snapshotTypes aggregate classes by the logical name and revision, {@code name@revision},
   *     under which their snapshots are stored; a new revision makes old snapshots unreadable on
   *     purpose: they are left aside and the events are read
   */
  public EventStoreSerializer(Map<String, Class<?>> snapshotTypes) {
    this.snapshotTypes = Map.copyOf(snapshotTypes);
    this.snapshotNames =
        snapshotTypes.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, e -> parse(e.getKey())));
    converter.registerConverter(new JsonNodeToByteArrayConverter(mapper));
    converter.registerConverter(new ByteArrayToJsonNodeConverter(mapper));
    converter.registerConverter(new JsonNodeToObjectNodeConverter());
    converter.registerConverter(new ObjectNodeToJsonNodeConverter());
  }

  private static SerializedType parse(String nameAndRevision) {
    String[] parts = nameAndRevision.split("@", 2);
    return new SimpleSerializedType(parts[0], parts[1]);
  }

  /** Whether a stored snapshot is of a form that today's code can read. */
  public boolean readsSnapshot(SerializedType type) {
    return snapshotTypes.containsKey(type.getName() + "@" + type.getRevision());
  }

  @Override
  public <T> SerializedObject<T> serialize(Object object, Class<T> representation) {
    SerializedType type = typeForClass(object == null ? null : object.getClass());
    try {
      Object written = object instanceof MetaData metadata ? new TreeMap<>(metadata) : object;
      if (String.class.equals(representation)) {
        if (object instanceof MetaData metadata && metadata.isEmpty()) {
          return new SimpleSerializedObject<>(representation.cast("{}"), representation, type);
        }
        return new SimpleSerializedObject<>(
            representation.cast(mapper.writeValueAsString(written)), representation, type);
      }
      T data = converter.convert(mapper.writeValueAsBytes(written), representation);
      return new SimpleSerializedObject<>(data, representation, type);
    } catch (JacksonException e) {
      throw new SerializationException("Could not write " + type.getName(), e);
    }
  }

  @Override
  public <T> boolean canSerializeTo(Class<T> representation) {
    return String.class.equals(representation)
        || converter.canConvert(byte[].class, representation);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <S, T> T deserialize(SerializedObject<S> stored) {
    if (SerializedType.emptyType().equals(stored.getType())) {
      return null;
    }
    Class<?> type = classForType(stored.getType());
    try {
      if (MetaData.class.equals(type)) {
        return (T) MetaData.from(read(stored, Map.class));
      }
      return (T) read(stored, type);
    } catch (JacksonException e) {
      throw new SerializationException(
          "Could not read " + stored.getType().getName() + ": " + e.getOriginalMessage(), e);
    }
  }

  private <T> T read(SerializedObject<?> stored, Class<T> type) {
    if (stored.getData() instanceof String text) {
      return mapper.readValue(text, type);
    }
    return mapper.readValue(converter.convert(stored, byte[].class).getData(), type);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class classForType(SerializedType type) {
    if (SerializedType.emptyType().equals(type)) {
      return Void.class;
    }
    if (METADATA.equals(type.getName())) {
      return MetaData.class;
    }
    if (EventTypes.isKnown(type.getName())) {
      return EventTypes.classOf(type.getName());
    }
    Class<?> snapshot = snapshotTypes.get(type.getName() + "@" + type.getRevision());
    if (snapshot != null) {
      return snapshot;
    }
    throw new SerializationException(
        "The store holds the type "
            + type.getName()
            + " revision "
            + type.getRevision()
            + ", which this version does not know; run a version that does, nothing is skipped");
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public SerializedType typeForClass(Class type) {
    if (type == null || Void.class.equals(type)) {
      return SerializedType.emptyType();
    }
    if (MetaData.class.equals(type)) {
      return new SimpleSerializedType(METADATA, null);
    }
    if (Event.class.isAssignableFrom(type)) {
      Class<? extends Event> event = (Class<? extends Event>) type;
      return new SimpleSerializedType(EventTypes.nameOf(event), EventTypes.revisionOf(event));
    }
    SerializedType snapshot = snapshotNames.get(type);
    if (snapshot == null) {
      throw new SerializationException(type.getName() + " is neither an event nor a snapshot");
    }
    return snapshot;
  }

  @Override
  public Converter getConverter() {
    return converter;
  }
}
