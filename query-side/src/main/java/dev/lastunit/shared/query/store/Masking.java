package dev.lastunit.shared.query.store;

import dev.lastunit.shared.api.EventJson;
import dev.lastunit.shared.api.PersonalFields;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Hides personal data in the JSON of events, as {@link PersonalFields} says where they stand. The
 * shape stays, so that the same programs read it: each value becomes {@code "***"}.
 */
public final class Masking {

  /** What stands in the place of a personal value. */
  public static final String MASK = "***";

  private Masking() {}

  /**
   * The payload of an event without personal data; the same text, unread, when its type has none.
   *
   * @throws tools.jackson.core.JacksonException when it has some and is not JSON
   */
  public static String mask(StoredEvent event) {
    PersonalFields personal = PersonalFields.of(event.type());
    return personal.isNone()
        ? event.payload()
        : masked(EventJson.mapper().readTree(event.payload()), personal).toString();
  }

  private static JsonNode masked(JsonNode node, PersonalFields personal) {
    switch (node) {
      case ObjectNode object -> {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          PersonalFields below =
              personal.whole()
                  ? PersonalFields.ALL
                  : personal.parts().getOrDefault(field.getKey(), PersonalFields.NONE);
          if (!below.isNone()) {
            field.setValue(masked(field.getValue(), below));
          }
        }
        return object;
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, masked(array.get(i), personal));
        }
        return array;
      }
      default -> {
        return personal.whole() && !node.isNull() ? StringNode.valueOf(MASK) : node;
      }
    }
  }
}
