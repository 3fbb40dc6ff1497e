package dev.lastunit.audit.query;

import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.query.store.StoredEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * The store's events as analysts get them: one JSON object each, on one line. Payload and metadata
 * are passed on as they were stored.
 */
public final class EventLines {

  private EventLines() {}

  /**
   * One event, without a line break.
   *
   * @param personal whether personal data are shown
   */
  public static String line(StoredEvent event, boolean personal) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
    write(event, personal, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Events as NDJSON: each line ends with a line break. */
  public static byte[] lines(List<StoredEvent> events, boolean personal) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(events.size() * 512);
    for (StoredEvent event : events) {
      write(event, personal, out);
      out.write('\n');
    }
    return out.toByteArray();
  }

  private static void write(StoredEvent event, boolean personal, ByteArrayOutputStream out) {
    try (JsonGenerator json = EventJson.mapper().createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberProperty("position", event.position());
      json.writeStringProperty("at", event.at().toString());
      json.writeStringProperty("stream", event.stream());
      json.writeNumberProperty("sequence", event.sequence());
      json.writeStringProperty("type", event.type());
      json.writeStringProperty("revision", event.revision());
      json.writeName("payload");
      json.writeRawValue(oneLine(personal ? event.payload() : PersonalData.mask(event.payload())));
      json.writeName("metadata");
      json.writeRawValue(oneLine(event.metadata()));
      json.writeEndObject();
    }
  }

  /** JSON has line breaks between its tokens only. */
  private static String oneLine(String json) {
    return json.replace('\n', ' ').replace('\r', ' ');
  }
}
