package dev.lastunit.shared.api;

import java.time.Instant;
import java.util.Map;

/**
 * An event as the store holds it.
 *
 * @param position global position: gapless, from 1, in commit order
 * @param at when it was recorded, UTC
 * @param stream the stream it belongs to
 * @param sequence number within the stream, gapless from 0
 * @param payload the fact
 * @param metadata what accompanied the command: subject, trace and correlation identifiers
 */
public record RecordedEvent(
    long position,
    Instant at,
    String stream,
    long sequence,
    Event payload,
    Map<String, Object> metadata) {}
