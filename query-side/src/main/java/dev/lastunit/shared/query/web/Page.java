package dev.lastunit.shared.query.web;

import java.util.List;

/**
 * Part of a list.
 *
 * @param items at most as many as asked for; may be empty
 * @param next the cursor of the next page; null on the last one
 */
public record Page<T>(List<T> items, String next) {

  /** Copies the items. */
  public Page {
    items = List.copyOf(items);
  }
}
