/** Catalogues of our own making, of any size and the same for a seed, and the demand for them. */
package dev.lastunit.bench.catalogue;
