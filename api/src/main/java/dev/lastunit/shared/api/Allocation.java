package dev.lastunit.shared.api;

/**
 * Units of one SKU at one location.
 *
 * @param location where the units are
 * @param quantity units, at least 1
 */
public record Allocation(LocationId location, int quantity) {}
