package dev.lastunit.shared.api;

/**
 * Name of this node among those over the same database. A node takes up at once what an earlier
 * node of its name was running, so two nodes that live at the same time must not share one.
 *
 * @param value not blank
 */
public record NodeName(String value) {

  public NodeName {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("A node needs a name");
    }
  }
}
