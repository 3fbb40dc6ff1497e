package dev.lastunit.catalogue.query;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.lastunit.shared.api.Money;

/**
 * A product in a list.
 *
 * @param brand empty when there is none, like {@code category}
 * @param imageUrl null when there is none
 * @param changedPosition position of the event that last changed the details
 */
public record ProductCard(
    String sku,
    String name,
    String brand,
    String category,
    Money price,
    String imageUrl,
    Availability availability,
    @JsonIgnore long changedPosition) {}
