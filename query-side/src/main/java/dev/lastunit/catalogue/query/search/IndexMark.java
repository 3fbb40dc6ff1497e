package dev.lastunit.catalogue.query.search;

import dev.lastunit.shared.api.RecordedEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a commit of the index says about itself.
 *
 * @param schema of the index, see {@link Fields#SCHEMA}
 * @param position up to which the index holds everything
 * @param complete whether it had once caught up with the store
 * @param last position of the last event that concerned it; 0 before the first one
 * @param lastStream that event's stream; empty before the first one
 * @param lastAt when that event was recorded, in milliseconds since 1970
 */
record IndexMark(
    int schema, long position, boolean complete, long last, String lastStream, long lastAt) {

  /** Times of events in memory may be finer than those in the store. */
  private static final long SAME_MILLIS = 1_000;

  private static final String SCHEMA = "schema";
  private static final String POSITION = "position";
  private static final String COMPLETE = "complete";
  private static final String LAST = "last";
  private static final String LAST_STREAM = "last-stream";
  private static final String LAST_AT = "last-at";

  /** Of an index that holds nothing yet. */
  static IndexMark empty(int schema) {
    return new IndexMark(schema, 0, false, 0, "", 0);
  }

  /**
   * Reads commit data.
   *
   * @throws IllegalArgumentException when it is none of ours
   */
  static IndexMark read(Map<String, String> data) {
    for (String key : List.of(SCHEMA, POSITION, COMPLETE, LAST, LAST_STREAM, LAST_AT)) {
      if (!data.containsKey(key)) {
        throw new IllegalArgumentException("The index does not say its " + key);
      }
    }
    return new IndexMark(
        Integer.parseInt(data.get(SCHEMA)),
        Long.parseLong(data.get(POSITION)),
        Boolean.parseBoolean(data.get(COMPLETE)),
        Long.parseLong(data.get(LAST)),
        data.get(LAST_STREAM),
        Long.parseLong(data.get(LAST_AT)));
  }

  /** As commit data. */
  Map<String, String> data() {
    Map<String, String> data = new TreeMap<>();
    data.put(SCHEMA, Integer.toString(schema));
    data.put(POSITION, Long.toString(position));
    data.put(COMPLETE, Boolean.toString(complete));
    data.put(LAST, Long.toString(last));
    data.put(LAST_STREAM, lastStream);
    data.put(LAST_AT, Long.toString(lastAt));
    return data;
  }

  /** After a batch. */
  IndexMark handled(List<RecordedEvent> batch, long upTo) {
    long reached = Math.max(position, upTo);
    if (batch.isEmpty()) {
      return new IndexMark(schema, reached, complete, last, lastStream, lastAt);
    }
    RecordedEvent newest = batch.getLast();
    return new IndexMark(
        schema, reached, complete, newest.position(), newest.stream(), newest.at().toEpochMilli());
  }

  /** After it has caught up. */
  IndexMark completed() {
    return new IndexMark(schema, position, true, last, lastStream, lastAt);
  }

  /** Whether this is the last event, and not another store's at the same position. */
  boolean isLast(RecordedEvent event) {
    return event.position() == last
        && event.stream().equals(lastStream)
        && Math.abs(event.at().toEpochMilli() - lastAt) <= SAME_MILLIS;
  }
}
