/**
 * Connections to the one database of this node and its schema: where it is (embedded or given), the
 * migrations of every module, the JDBC and R2DBC pools, and the transaction manager.
 *
 * <p>Nobody gets a connection before all migrations are done. Knows no context of the shop.
 */
package dev.lastunit.app.database;
