/**
 * What every projection needs to write many rows in one statement. Sees JDBC; no context's types.
 */
package dev.lastunit.shared.projection;
