/** The reads of orders over HTTP. Sees {@code ordering.query} and {@code shared.query}. */
package dev.lastunit.ordering.query.web;
