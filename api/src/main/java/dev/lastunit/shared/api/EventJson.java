package dev.lastunit.shared.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * How events are written as JSON, wherever they are stored or sent. The form is kept for ever: a
 * change here is a change to every stored event (ADR 0002), and the approved samples in this
 * module's tests hold it.
 *
 * <ul>
 *   <li>Fields stand in the order of the record's components; a component that is null is left out.
 *       An empty list is written.
 *   <li>Times and durations are ISO 8601 text, identifiers plain text, amounts whole minor units.
 *   <li>A reader passes over fields that it does not know, so that a node of the previous release
 *       can read what the next one writes; a missing or null number is an error and never 0.
 * </ul>
 */
public final class EventJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private EventJson() {}

  /** The mapper: immutable, thread-safe, never blocks. */
  public static JsonMapper mapper() {
    return MAPPER;
  }
}
