package dev.lastunit.app.analysis;

import dev.lastunit.shared.api.Event;
import java.time.Instant;

/** An event with where and when it happened. */
record Happening(Instant at, String stream, long sequence, Event event) {}
