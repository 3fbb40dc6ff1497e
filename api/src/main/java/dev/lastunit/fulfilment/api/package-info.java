/** The fulfilment context's published language: one shipment for each location of an order. */
package dev.lastunit.fulfilment.api;
