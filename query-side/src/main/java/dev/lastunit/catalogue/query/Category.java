package dev.lastunit.catalogue.query;

import java.util.List;

/**
 * A level of the tree of categories.
 *
 * @param path from the root, with {@code /} between levels: the value of the filter {@code
 *     category}
 * @param name the last level of the path
 * @param count listed products of this category and of those below
 * @param children by name
 */
public record Category(String path, String name, long count, List<Category> children) {}
