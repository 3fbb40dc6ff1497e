package dev.lastunit.audit.query;

import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.query.store.Masking;
import dev.lastunit.shared.query.store.StoredEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import tools.jackson.core.JsonGenerator;

/**
 * The store's events as analysts get them: one JSON object each, on one line. Payload and metadata
 * are passed on as they were stored.
 */
public final class EventLines {

  /** Bytes of a piece at most. */
  static final int PIECE = 16 << 10;

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

  /**
   * Events as NDJSON, in pieces of at most {@link #PIECE} bytes that together are the lines, each
   * ended by a line break. Made as they are asked for: the server keeps some dozens of pieces for a
   * client that reads slowly, so their size bounds its memory.
   *
   * @param personal whether personal data are shown
   */
  public static Iterable<byte[]> pieces(List<StoredEvent> events, boolean personal) {
    return () -> new Pieces(events.iterator(), personal);
  }

  private static final class Pieces implements Iterator<byte[]> {
    private final Iterator<StoredEvent> events;
    private final boolean personal;
    private byte[] written = {};
    private int taken;

    Pieces(Iterator<StoredEvent> events, boolean personal) {
      this.events = events;
      this.personal = personal;
    }

    @Override
    public boolean hasNext() {
      return taken < written.length || events.hasNext();
    }

    @Override
    public byte[] next() {
      if (taken == written.length) {
        write();
      }
      int end = Math.min(written.length, taken + PIECE);
      byte[] piece = Arrays.copyOfRange(written, taken, end);
      taken = end;
      return piece;
    }

    private void write() {
      if (!events.hasNext()) {
        throw new NoSuchElementException();
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(PIECE);
      while (events.hasNext() && out.size() < PIECE) {
        EventLines.write(events.next(), personal, out);
        out.write('\n');
      }
      written = out.toByteArray();
      taken = 0;
    }
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
      json.writeRawValue(oneLine(personal ? event.payload() : Masking.mask(event)));
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
