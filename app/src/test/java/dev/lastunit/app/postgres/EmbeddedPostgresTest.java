package dev.lastunit.app.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The embedded PostgreSQL with real processes: what was committed is there after every way in which
 * the server, or the JVM that runs it, can end.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EmbeddedPostgresTest {

  /** A created cluster, copied for each test: creating one takes seconds. */
  @TempDir static Path created;

  @TempDir Path temporary;

  private PostgresSettings settings;

  @BeforeAll
  static void create() {
    EmbeddedPostgres.start(PostgresSettings.in(created.resolve("pg"))).close();
  }

  @BeforeEach
  void copy() throws IOException {
    Path home = temporary.resolve("pg");
    try (Stream<Path> all = Files.walk(created.resolve("pg"))) {
      for (Path from : (Iterable<Path>) all::iterator) {
        Files.copy(
            from,
            home.resolve(created.resolve("pg").relativize(from)),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    settings = PostgresSettings.in(home).with("shared_buffers", "32MB");
  }

  @Test
  void keepsItsDataAndItsPasswordOverARestart() throws Exception {
    String password;
    long pid;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      password = postgres.password();
      pid = postgres.pid();
      execute(postgres, "CREATE TABLE kept (n int)");
      execute(postgres, "INSERT INTO kept VALUES (42)");
      assertThat(postgres.isReady()).isTrue();
    }
    assertThat(alive(pid)).as("the server is stopped by close").isFalse();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      assertThat(postgres.password()).isEqualTo(password);
      assertThat(query(postgres, "SELECT n FROM kept")).isEqualTo("42");
    }
  }

  @Test
  void isDurableOnLoopbackOnlyAndAsksForAGeneratedPassword() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
      assertThat(query(postgres, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(query(postgres, "SHOW full_page_writes")).isEqualTo("on");
      assertThat(query(postgres, "SHOW data_checksums")).isEqualTo("on");
      assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .as("the application is not the super-user")
          .isEqualTo("f");

      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(
                      postgres.jdbcUrl(), EmbeddedPostgres.NAME, "postgres"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      for (String secret : new String[] {"lastunit.password", "superuser.password"}) {
        assertThat(Files.getPosixFilePermissions(settings.home().resolve(secret)))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      }
    }
  }

  @Test
  void refusesToStartWithAnythingLessThanDurable() {
    assertThatThrownBy(() -> EmbeddedPostgres.start(settings.with("synchronous_commit", "off")))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("synchronous_commit=off");

    assertThat(PostmasterFile.read(settings.home().resolve("data")))
        .as("the server that was found wanting is stopped")
        .isEmpty();
  }

  @Test
  void startsAServerThatWasKilledAgainOnTheSamePort() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      execute(postgres, "CREATE TABLE kept (n int)");
      execute(postgres, "INSERT INTO kept VALUES (1)");
      long killed = postgres.pid();
      int port = postgres.port();

      kill(killed);
      awaitReadyAs(postgres, killed);

      assertThat(postgres.port()).isEqualTo(port);
      assertThat(query(postgres, "SELECT n FROM kept")).isEqualTo("1");
    }
  }

  @Test
  void recoversWhatWasCommittedWhenJvmAndServerWereKilledTogether() throws Exception {
    Process jvm = otherJvm();
    long server = serverOf(jvm);

    kill(server);
    jvm.destroyForcibly().waitFor();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      assertThat(query(postgres, "SELECT count(*) FROM kept")).isEqualTo("100");
    }
  }

  @Test
  void takesTheDirectoryBackFromAServerThatAKilledJvmLeftBehind() throws Exception {
    Process jvm = otherJvm();
    long server = serverOf(jvm);

    jvm.destroyForcibly().waitFor();
    assertThat(alive(server)).as("it outlives its JVM").isTrue();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      assertThat(postgres.pid()).isNotEqualTo(server);
      assertThat(alive(server)).isFalse();
      assertThat(query(postgres, "SELECT count(*) FROM kept")).isEqualTo("100");
    }
  }

  @Test
  void isNotMisledByANoteWhoseProcessNumberBelongsToAnother() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      execute(postgres, "CREATE TABLE kept (n int)");
    }
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      Path note = PostmasterFile.file(settings.home().resolve("data"));
      Files.writeString(note, stranger.pid() + "\n" + note.getParent() + "\n0\n1\n\n\n\nready\n");

      try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
        assertThat(query(postgres, "SELECT count(*) FROM kept")).isEqualTo("0");
      }
      assertThat(stranger.isAlive()).as("the stranger is left alone").isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void beginsAgainAfterACreationThatWasInterrupted() throws Exception {
    PostgresBinaries.deleteRecursively(settings.home().resolve("data"));
    Path half = settings.home().resolve("data.new");
    Files.createDirectory(half);
    Files.writeString(half.resolve("PG_VERSION"), "17");

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
      assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
    }
    assertThat(half).doesNotExist();
  }

  @Test
  void refusesAClusterOfAnotherMajorVersion() throws Exception {
    Files.writeString(settings.home().resolve("data/PG_VERSION"), "16");

    assertThatThrownBy(() -> EmbeddedPostgres.start(settings))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("belongs to PostgreSQL 16");
  }

  @Test
  void runsAsAnotherUserWhereRootMayNotHaveANamespace() throws Exception {
    assumeTrue(ServerUser.isRoot(), "only root has to give up being root");
    // Every directory on the way has to let the other user pass.
    Path open = Files.createTempDirectory(Path.of("/var/tmp"), "lastunit-test-");
    try {
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx------"));
      PostgresSettings there =
          PostgresSettings.in(open.resolve("pg")).with("shared_buffers", "32MB");
      Files.createDirectory(there.home());
      ServerUser other = ServerUser.choose(there.home(), ServerUser.Way.OTHER_USER);
      assertThat(other.uid()).isNotZero();

      for (int start = 0; start < 2; start++) {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(there)) {
          assertThat(Files.getAttribute(Path.of("/proc/" + postgres.pid()), "unix:uid"))
              .isEqualTo((int) other.uid());
          assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
        }
      }
    } finally {
      PostgresBinaries.deleteRecursively(open);
    }
  }

  /** Starts a JVM that runs the server in our directory, commits a hundred rows and waits. */
  private Process otherJvm() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            settings.home().toString())
        .redirectErrorStream(true)
        .start();
  }

  private static long serverOf(Process jvm) throws IOException {
    for (String line = jvm.inputReader().readLine();
        line != null;
        line = jvm.inputReader().readLine()) {
      if (line.startsWith("server ")) {
        return Long.parseLong(line.substring("server ".length()));
      }
    }
    throw new IllegalStateException("the other JVM ended early");
  }

  /** The other JVM's program. */
  static final class Holder {

    private Holder() {}

    /**
     * @param arguments the directory
     * @throws Exception when anything fails, which ends the program
     */
    public static void main(String[] arguments) throws Exception {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.start(
              PostgresSettings.in(Path.of(arguments[0])).with("shared_buffers", "32MB"));
      execute(postgres, "CREATE TABLE kept (n int)");
      execute(postgres, "INSERT INTO kept SELECT generate_series(1, 100)");
      System.out.println("server " + postgres.pid());
      Thread.sleep(Duration.ofMinutes(5));
    }
  }

  private static void awaitReadyAs(EmbeddedPostgres postgres, long killed) throws Exception {
    Instant until = Instant.now().plusSeconds(60);
    while (!postgres.isReady() || postgres.pid() == killed) {
      assertThat(Instant.now()).as("restarted within a minute").isBefore(until);
      Thread.sleep(20);
    }
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(), EmbeddedPostgres.NAME, postgres.password());
  }
}
