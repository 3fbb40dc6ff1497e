/**
 * Runs a PostgreSQL of our own inside the data directory: unpacks the binaries, creates the
 * cluster, starts, supervises and stops the server.
 *
 * <p>Knows processes, files and JDBC; must not see Spring, Axon or any context of the shop.
 */
package dev.lastunit.app.postgres;
