package dev.lastunit.catalogue.query;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.lastunit.shared.api.Money;
import java.util.Map;

/**
 * A product as its page shows it.
 *
 * @param description empty when there is none, like {@code brand} and {@code category}
 * @param attributes sorted by name; may be empty
 * @param imageUrl null when there is none
 * @param changedPosition position of the event that last changed the details
 */
public record ProductView(
    String sku,
    String name,
    String description,
    String brand,
    String category,
    Money price,
    Map<String, String> attributes,
    String imageUrl,
    Availability availability,
    @JsonIgnore long changedPosition) {}
