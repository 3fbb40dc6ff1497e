/**
 * Gives the money of returned units back and puts them into stock again. Sees the published
 * languages of ordering, payment and inventory.
 */
package dev.lastunit.process.returns;
