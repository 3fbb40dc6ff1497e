package dev.lastunit.app.analysis;

import java.time.OffsetDateTime;

/**
 * An event as it is stored.
 *
 * @param payload JSON
 * @param metadata JSON
 */
record StoredRow(
    long position,
    OffsetDateTime at,
    String stream,
    long sequence,
    String type,
    String revision,
    String payload,
    String metadata) {}
