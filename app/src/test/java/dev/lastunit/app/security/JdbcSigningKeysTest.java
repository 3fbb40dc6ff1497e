package dev.lastunit.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** One key for all nodes and all starts, on a real database. */
class JdbcSigningKeysTest {

  private static EmbeddedPostgres postgres;
  private static PGSimpleDataSource dataSource;

  @BeforeAll
  static void start(@TempDir Path directory) {
    postgres =
        EmbeddedPostgres.start(
            PostgresSettings.in(directory.resolve("postgres")).with("shared_buffers", "32MB"));
    dataSource = new PGSimpleDataSource();
    dataSource.setUrl(postgres.jdbcUrl());
    dataSource.setUser(EmbeddedPostgres.NAME);
    dataSource.setPassword(postgres.password());
    Flyway.configure().dataSource(dataSource).locations("classpath:db/security").load().migrate();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @BeforeEach
  void forget() throws SQLException {
    execute("DELETE FROM security.signing_key");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String key(SigningKeys keys) {
    return keys.all().getFirst().toJSONString();
  }

  @Test
  void findsTheKeyAgain() {
    SigningKeys first = new JdbcSigningKeys(dataSource, UUID::randomUUID);
    SigningKeys second = new JdbcSigningKeys(dataSource, UUID::randomUUID);

    assertThat(first.all()).hasSize(1);
    assertThat(first.all().getFirst().isPrivate()).isTrue();
    assertThat(key(second)).isEqualTo(key(first));
  }

  @Test
  void isMadeOnceHoweverManyNodesStart() throws Exception {
    int nodes = 8;
    CyclicBarrier together = new CyclicBarrier(nodes);
    List<Future<String>> found = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(nodes)) {
      Callable<String> node =
          () -> {
            together.await();
            return key(new JdbcSigningKeys(dataSource, UUID::randomUUID));
          };
      for (int i = 0; i < nodes; i++) {
        found.add(threads.submit(node));
      }
    }
    List<String> keys = new ArrayList<>();
    for (Future<String> each : found) {
      keys.add(each.get());
    }
    assertThat(keys).hasSize(nodes).containsOnly(keys.getFirst());
  }

  @Test
  void signsWithTheNewestAndKeepsTheOlder() throws SQLException {
    SigningKeys old = new JdbcSigningKeys(dataSource, UUID::randomUUID);
    String newer = ProbeKeysConfiguration.key("newer").toJSONString();
    execute(
        "INSERT INTO security.signing_key (key_id, jwk, created_at) VALUES ('newer', '"
            + newer
            + "', now() + interval '1 second')");

    SigningKeys both = new JdbcSigningKeys(dataSource, UUID::randomUUID);

    assertThat(both.all()).hasSize(2);
    assertThat(key(both)).isEqualTo(newer);
    assertThat(both.all().getLast().toJSONString()).isEqualTo(key(old));
  }

  @Test
  void tellsNothingOfAKeyThatIsDamaged() throws SQLException {
    execute("INSERT INTO security.signing_key (key_id, jwk) VALUES ('bad', '{\"d\": \"secret\"}')");

    assertThatThrownBy(() -> new JdbcSigningKeys(dataSource, UUID::randomUUID))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("security.signing_key")
        .hasMessageContaining("damaged")
        .hasNoCause();
  }

  @Test
  void saysWhenThereIsNoDatabase() {
    PGSimpleDataSource nowhere = new PGSimpleDataSource();
    nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/none");

    assertThatThrownBy(() -> new JdbcSigningKeys(nowhere, UUID::randomUUID))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot be read");
  }
}
