package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.endtoend.ShopClient.Answer;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Read models in a real streaming replica, which does all that replicas do. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReplicaIT {

  private static final Duration MOST_LAG = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern USED =
      Pattern.compile("(?m)^lastunit_replica_used(?:\\{.*})? (.*)$");

  @TempDir static Path directory;

  private static EmbeddedPostgres primary;
  private static EmbeddedPostgres replica;
  private static Shop shop;
  private static ShopClient operator;

  @BeforeAll
  static void start() throws Exception {
    Path original = Files.createDirectories(directory.resolve("a")).resolve("postgres");
    Path copy = Files.createDirectories(directory.resolve("b")).resolve("postgres");
    PostgresSettings small = PostgresSettings.in(original).with("shared_buffers", "64MB");
    // What handlers commit does not wait for the disk, and is sent once it is there.
    primary = EmbeddedPostgres.start(small.with("wal_writer_delay", "10ms"));
    copyWhileItRuns(original, copy);
    replica =
        EmbeddedPostgres.start(
            PostgresSettings.in(copy)
                .with("shared_buffers", "64MB")
                .with("hot_standby_feedback", "on")
                .with(
                    "primary_conninfo",
                    "host=127.0.0.1 port=%d user=postgres password=%s"
                        .formatted(primary.port(), superuserPassword("a"))));
    shop =
        Shop.start(
            directory.resolve("shop"),
            "spring.datasource.url=" + primary.jdbcUrl(),
            "spring.datasource.username=" + EmbeddedPostgres.NAME,
            "spring.datasource.password=" + primary.password(),
            "spring.r2dbc.url=" + r2dbcUrl(primary),
            "lastunit.demo=true",
            "lastunit.reads.r2dbc-url=" + r2dbcUrl(replica),
            "lastunit.reads.most-lag=" + MOST_LAG);
    operator = shop.operator();
    awaitUsed(true);
  }

  @AfterAll
  static void stop() {
    shop.close();
    replica.close();
    primary.close();
  }

  private static String r2dbcUrl(EmbeddedPostgres server) {
    return "r2dbc:postgresql://%s:%d/%s"
        .formatted(server.host(), server.port(), EmbeddedPostgres.NAME);
  }

  private static String superuserPassword(String name) throws IOException {
    return Files.readString(directory.resolve(name).resolve("postgres/superuser.password")).strip();
  }

  /** As an operator does it who has no other tool. */
  private static void copyWhileItRuns(Path original, Path copy) throws Exception {
    Files.createDirectories(copy);
    try (Connection connection = superuser(primary);
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('replica', fast => true)");
      Process copying =
          new ProcessBuilder("cp", "-a", original.resolve("data").toString(), copy.toString())
              .inheritIO()
              .start();
      assertThat(copying.waitFor()).isZero();
      try (ResultSet row = statement.executeQuery("select labelfile from pg_backup_stop()")) {
        row.next();
        Files.writeString(copy.resolve("data/backup_label"), row.getString(1));
      }
    }
    Files.delete(copy.resolve("data/postmaster.pid"));
    Files.createFile(copy.resolve("data/standby.signal"));
    for (String secret : new String[] {"superuser.password", "lastunit.password"}) {
      Files.copy(original.resolve(secret), copy.resolve(secret));
    }
  }

  private static Connection superuser(EmbeddedPostgres server) throws Exception {
    return DriverManager.getConnection(
        server.jdbcUrl().replaceFirst("[^/]*$", "postgres"), "postgres", superuserPassword("a"));
  }

  private static String onReplica(String sql) throws Exception {
    try (Connection connection = superuser(replica);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void pauseReplay() throws Exception {
    onReplica("select pg_wal_replay_pause()");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!onReplica("select pg_get_wal_replay_pause_state()").equals("paused")) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      ShopClient.sleep(10);
    }
  }

  private static boolean isUsed() {
    Matcher line = USED.matcher(operator.get("/actuator/prometheus").expect(200).text());
    assertThat(line.find()).isTrue();
    return Double.parseDouble(line.group(1)) == 1;
  }

  private static void awaitUsed(boolean used) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (isUsed() != used) {
      assertThat(System.nanoTime()).as("the replica is used: " + !used).isLessThan(deadline);
      ShopClient.sleep(20);
    }
  }

  private static Answer stock(String sku, long minPosition) {
    return operator.get("/v1/inventory/" + sku, "Min-Event-Position", Long.toString(minPosition));
  }

  private static int onHand(Answer answer) {
    return answer.expect(200).body().get("onHand").asInt();
  }

  private static int readers(EmbeddedPostgres server) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                server.jdbcUrl(), EmbeddedPostgres.NAME, server.password());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from pg_stat_activity where application_name = 'lastunit-read'")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  @Order(1)
  void whoeverWritesReadsItInTheReplica() throws Exception {
    operator.offer("own-writes", 1999, 1);

    for (int more = 1; more <= 40; more++) {
      long position = operator.receive("own-writes", 1);
      assertThat(onHand(stock("own-writes", position))).isEqualTo(1 + more);
    }

    assertThat(isUsed()).isTrue();
    // One asks how far it is, the others read.
    assertThat(readers(replica)).isGreaterThan(1);
  }

  @Test
  @Order(2)
  void aReplicaThatIsBehindIsHonestAndThenLeft() throws Exception {
    long before = operator.offer("paused", 1999, 100);
    assertThat(onHand(stock("paused", before))).isEqualTo(100);
    pauseReplay();
    try {
      long position = operator.receive("paused", 11);
      long began = System.nanoTime();

      Answer old = stock("paused", 0);
      assertThat(onHand(old)).isEqualTo(100);
      assertThat(old.position()).isGreaterThanOrEqualTo(before).isLessThan(position);

      Answer refused = stock("paused", position);
      assertThat(refused.expect(503).text()).contains("read-model-behind");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(2));

      // Nobody who buys waits for a replica, not even for what it does not know at all.
      long listed = operator.offer("listed-meanwhile", 500, 50);
      Answer bought =
          shop.customer("buyer-meanwhile")
              .order(ShopClient.newKey(), Map.of("listed-meanwhile", 2), "tok_ok", 20)
              .expect(201);
      assertThat(bought.position()).isGreaterThan(listed);

      awaitUsed(false);
      assertThat(onHand(stock("paused", position))).isEqualTo(111);
    } finally {
      onReplica("select 1 from (select pg_wal_replay_resume()) resumed");
    }
    awaitUsed(true);

    assertThat(onHand(stock("paused", operator.seen()))).isEqualTo(111);
    assertThat(operator.get("/v1/products/listed-meanwhile").expect(200).text())
        .contains("\"available\":48");
  }

  @Test
  @Order(3)
  void aReplicaThatDiesIsDoneWithoutUntilItIsBack() throws Exception {
    long position = operator.offer("killed", 1999, 7);
    assertThat(onHand(stock("killed", position))).isEqualTo(7);

    ProcessHandle.of(replica.pid()).orElseThrow().destroyForcibly();

    int units = 7;
    int refused = 0;
    boolean left = false;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!left || !isUsed()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      left |= !isUsed();
      position = operator.receive("killed", 1);
      units++;
      Answer answer = stock("killed", position);
      if (answer.status() == 503) {
        refused++;
      } else {
        assertThat(onHand(answer)).isEqualTo(units);
      }
      operator.get("/actuator/health/readiness").expect(200);
    }

    // Those that were being read when it died, and the last read before anybody knew.
    assertThat(refused).isLessThanOrEqualTo(2);
    assertThat(onHand(stock("killed", position))).isEqualTo(units);
    assertThat(isUsed()).isTrue();
  }

  @Test
  @Order(4)
  void aReplicaThatWasPromotedIsNoneAnyMore() throws Exception {
    long position = operator.offer("promoted", 1999, 7);
    assertThat(onHand(stock("promoted", position))).isEqualTo(7);

    assertThat(onReplica("select pg_promote()")).isEqualTo("t");
    awaitUsed(false);

    assertThat(onHand(stock("promoted", operator.receive("promoted", 1)))).isEqualTo(8);
    ShopClient.sleep(1_500);
    assertThat(isUsed()).as("it is not taken for a replica again").isFalse();
  }
}
