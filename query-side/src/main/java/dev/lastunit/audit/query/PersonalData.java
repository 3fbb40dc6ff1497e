package dev.lastunit.audit.query;

import dev.lastunit.shared.api.EventJson;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Hides what identifies a buyer or pays for them in the JSON of an event: every text below {@code
 * shippingAddress}, and every {@code token}. The shape stays, so that the same programs read it.
 */
final class PersonalData {

  private static final String MASK = "***";
  private static final String ADDRESS = "shippingAddress";
  private static final String TOKEN = "token";

  private PersonalData() {}

  /**
   * The payload without personal data; the same text when there is none.
   *
   * @param payload one JSON object
   */
  static String mask(String payload) {
    if (!payload.contains('"' + ADDRESS + '"') && !payload.contains('"' + TOKEN + '"')) {
      return payload;
    }
    return masked(EventJson.mapper().readTree(payload), false).toString();
  }

  private static JsonNode masked(JsonNode node, boolean hide) {
    switch (node) {
      case ObjectNode object -> {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          boolean personal = hide || field.getKey().equals(ADDRESS) || field.getKey().equals(TOKEN);
          field.setValue(masked(field.getValue(), personal));
        }
        return object;
      }
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          array.set(i, masked(array.get(i), hide));
        }
        return array;
      }
      default -> {
        return hide && !node.isNull() ? StringNode.valueOf(MASK) : node;
      }
    }
  }
}
