package dev.lastunit.app.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys in the table {@code security.signing_key} and makes the first one. Several nodes
 * may start at once: the table's lock lets one make the key, the others read it.
 *
 * <p>Whoever may read this table can forge tokens, as whoever may write to this database can forge
 * orders.
 */
final class JdbcSigningKeys implements SigningKeys {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSigningKeys.class);

  private final List<ECKey> keys;

  /**
   * Reads the keys. Blocks for one short transaction.
   *
   * @param dataSource a database that has been migrated
   * @param idSource names a new key
   * @throws IllegalStateException when the database or a key in it cannot be read
   */
  JdbcSigningKeys(DataSource dataSource, Supplier<UUID> idSource) {
    try (Connection connection = dataSource.getConnection()) {
      boolean autoCommit = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        this.keys = List.copyOf(readOrMake(connection, idSource.get().toString()));
        connection.commit();
      } catch (SQLException | ParseException | JOSEException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(autoCommit);
      }
    } catch (SQLException | ParseException | JOSEException e) {
      // The cause may quote a key.
      throw new IllegalStateException(
          "The signing keys cannot be read from the table security.signing_key: "
              + (e instanceof SQLException ? e.getMessage() : "a key is damaged"));
    }
  }

  @Override
  public List<ECKey> all() {
    return keys;
  }

  private static List<ECKey> readOrMake(Connection connection, String newId)
      throws SQLException, ParseException, JOSEException {
    List<ECKey> found = read(connection);
    if (!found.isEmpty()) {
      return found;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE security.signing_key IN EXCLUSIVE MODE");
    }
    // Another node may have made it while we waited.
    found = read(connection);
    if (!found.isEmpty()) {
      return found;
    }
    ECKey made = new ECKeyGenerator(Curve.P_256).keyID(newId).generate();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO security.signing_key (key_id, jwk) VALUES (?, ?)")) {
      insert.setString(1, newId);
      insert.setString(2, made.toJSONString());
      insert.executeUpdate();
    }
    LOG.info("Made the key that signs guests' tokens, {}", newId);
    return List.of(made);
  }

  private static List<ECKey> read(Connection connection) throws SQLException, ParseException {
    List<ECKey> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT jwk FROM security.signing_key ORDER BY created_at DESC, key_id")) {
      while (rows.next()) {
        found.add(ECKey.parse(rows.getString(1)));
      }
    }
    return found;
  }
}
