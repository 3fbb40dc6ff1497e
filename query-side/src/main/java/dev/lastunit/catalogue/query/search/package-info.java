/**
 * The catalogue's search: an Apache Lucene index in the process, written from events and read by
 * lists, counts and suggestions. Sees the published language, Lucene, and the database for the
 * stock of what it writes.
 */
package dev.lastunit.catalogue.query.search;
