/**
 * The events as tables for analysts: columns derived from the events' classes, Parquet files that
 * are written from the store and grow with it, and SQL over them.
 *
 * <p>Knows the names and classes of events, the database and DuckDB, whose native library is loaded
 * by nobody else and only when one of these is used; must not see Axon, Spring's context or what a
 * single event means. Everything here blocks; nothing is thread-safe unless it says so.
 */
package dev.lastunit.app.analysis;
