package dev.lastunit.app.database;

import java.util.Objects;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Where the database is, for both drivers.
 *
 * @param jdbcUrl URL for JDBC, without user and password
 * @param username the role for JDBC
 * @param password its password, a secret; empty when the server asks for none
 * @param r2dbcUrl URL for R2DBC of the same database, without user and password
 * @param r2dbcUsername the role for R2DBC
 * @param r2dbcPassword its password, a secret
 * @param embedded whether the server is one of our own in the data directory
 */
public record DatabaseAddress(
    String jdbcUrl,
    String username,
    String password,
    String r2dbcUrl,
    String r2dbcUsername,
    String r2dbcPassword,
    boolean embedded) {

  /** Checks that everything is given. */
  public DatabaseAddress {
    Objects.requireNonNull(jdbcUrl, "jdbcUrl");
    Objects.requireNonNull(username, "username");
    Objects.requireNonNull(password, "password");
    Objects.requireNonNull(r2dbcUrl, "r2dbcUrl");
    Objects.requireNonNull(r2dbcUsername, "r2dbcUsername");
    Objects.requireNonNull(r2dbcPassword, "r2dbcPassword");
  }

  /** Connections of JDBC, each made when it is asked for; no pool. */
  public DataSource connections(String applicationName) {
    PGSimpleDataSource connections = new PGSimpleDataSource();
    connections.setUrl(jdbcUrl);
    if (!username.isEmpty()) {
      connections.setUser(username);
      connections.setPassword(password);
    }
    connections.setApplicationName(applicationName);
    connections.setTcpKeepAlive(true);
    return connections;
  }

  /** Without the secrets, as it may be logged. */
  @Override
  public String toString() {
    return "DatabaseAddress[" + jdbcUrl + ", username=" + username + ", embedded=" + embedded + "]";
  }
}
