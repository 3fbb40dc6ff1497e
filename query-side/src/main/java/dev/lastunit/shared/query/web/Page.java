package dev.lastunit.shared.query.web;

import java.util.List;
import java.util.function.Function;

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

  /**
   * The page of what was found.
   *
   * @param found one more than {@code limit} when there are more
   * @param cursor where the page after a last item begins
   */
  public static <T> Page<T> of(List<T> found, int limit, Function<T, String> cursor) {
    return found.size() <= limit
        ? new Page<>(found, null)
        : new Page<>(found.subList(0, limit), cursor.apply(found.get(limit - 1)));
  }
}
