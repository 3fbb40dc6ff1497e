/**
 * The ordering context's published language: an order is placed, reserved, confirmed, rejected,
 * cancelled, shipped, delivered.
 */
package dev.lastunit.ordering.api;
