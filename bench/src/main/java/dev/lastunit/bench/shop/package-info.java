/**
 * What is loaded: a catalogue, orders, reads, and the service that takes them, over HTTP only. Must
 * not see any of the product's types.
 */
package dev.lastunit.bench.shop;
