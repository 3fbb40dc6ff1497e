package dev.lastunit.shared.api;

/**
 * A fact that was recorded. Events are records in a sealed interface for each context and are kept
 * for ever: their type names and fields never change meaning; a new form gets a new revision and an
 * upcaster (ADR 0002).
 *
 * <p>An event does not carry the time at which it was recorded: that is the timestamp of its
 * message, {@code at} in the event store. Times inside events are times that the domain speaks of,
 * such as an expiry.
 */
public interface Event {}
