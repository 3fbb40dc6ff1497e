package dev.lastunit.app.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server of our own: one cluster in one directory, listening on the loopback address
 * only, with generated passwords, durable, kept over restarts.
 *
 * <p>The server runs in a session of its own, so that Ctrl-C in a terminal reaches only the JVM,
 * which stops it last. A server left behind by a killed JVM is recognised by its directory and
 * stopped at the next start. A server that dies while the JVM lives is started again on the same
 * port; connections of that moment fail and the pools open new ones.
 *
 * <p>One process may use a directory at a time; the caller holds a lock for that (see {@code
 * DataDirectory}). Thread safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {

  /** Name of the database and of its owner, the role that Lastunit connects as. */
  public static final String NAME = "lastunit";

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  /** The major version whose cluster format this build reads. */
  private static final String MAJOR_VERSION = "17";

  private static final String HOST = "127.0.0.1";
  private static final String SUPERUSER = "postgres";
  private static final Map<String, String> MUST_BE_ON =
      Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

  /** Crash recovery of a large log takes minutes; longer than this is a fault. */
  private static final Duration READY_WITHIN = Duration.ofMinutes(15);

  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(60);

  /** Children of a killed server end by themselves when they notice; after this they are ended. */
  private static final Duration CHILDREN_END_WITHIN = Duration.ofSeconds(3);

  private static final int PORT_ATTEMPTS = 10;

  /** More restarts than this in {@link #RESTART_WINDOW} and the fault is not a passing one. */
  private static final int RESTARTS = 5;

  private static final Duration RESTART_WINDOW = Duration.ofMinutes(10);

  private final PostgresSettings settings;
  private final Path cluster;
  private final PostgresBinaries binaries;
  private final ServerUser user;
  private final String superuserPassword;
  private final String password;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Instant> restarts = new ArrayDeque<>();
  private int port;
  private Process server;
  private volatile boolean closing;

  private EmbeddedPostgres(PostgresSettings settings) {
    this.settings = settings;
    this.cluster = settings.home().resolve("data");
    try {
      Files.createDirectories(settings.home().getParent());
      if (!Files.isDirectory(settings.home())) {
        Files.createDirectory(
            settings.home(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      this.user = ServerUser.choose(settings.home());
      this.binaries = unpack();
      this.superuserPassword = password("superuser.password");
      this.password = password("lastunit.password");
    } catch (IOException e) {
      throw new PostgresException(settings.home() + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Starts the server of a directory, creating the cluster, its database and its role at the first
   * start. Blocks until connections are taken: about a second, two to four at the first start,
   * minutes after a crash with a long log to recover.
   *
   * @param settings where and how
   * @return the running server
   * @throws PostgresException when it cannot be started, or when it would not be durable; nothing
   *     runs then
   */
  public static EmbeddedPostgres start(PostgresSettings settings) {
    EmbeddedPostgres postgres = new EmbeddedPostgres(settings);
    postgres.lock.lock();
    try {
      postgres.stopLeftover();
      postgres.createCluster();
      postgres.launchOnFreePort();
      try {
        postgres.createDatabase();
        postgres.checkDurable();
      } catch (RuntimeException e) {
        postgres.close();
        throw e;
      }
    } finally {
      postgres.lock.unlock();
    }
    return postgres;
  }

  /** Whether a directory holds a cluster that was begun before. */
  public static boolean exists(PostgresSettings settings) {
    return Files.exists(settings.home().resolve("data").resolve("PG_VERSION"));
  }

  /**
   * Finds the server that another process of ours runs, such as the service's.
   *
   * @return how to connect as {@value #NAME}; empty while none takes connections there
   * @throws PostgresException when there is one and its password may not be read
   */
  public static Optional<Running> running(PostgresSettings settings) {
    Optional<PostmasterFile> note =
        PostmasterFile.read(settings.home().resolve("data"))
            .filter(PostmasterFile::ready)
            .filter(
                file -> ProcessHandle.of(file.pid()).filter(ProcessHandle::isAlive).isPresent());
    if (note.isEmpty()) {
      return Optional.empty();
    }
    Path secret = settings.home().resolve(NAME + ".password");
    try {
      return Optional.of(
          new Running(
              "jdbc:postgresql://" + HOST + ":" + note.get().port() + "/" + NAME,
              Files.readString(secret).strip()));
    } catch (IOException e) {
      throw new PostgresException(secret + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * A server that runs.
   *
   * @param jdbcUrl without user and password
   * @param password of the role {@value #NAME}, a secret
   */
  public record Running(String jdbcUrl, String password) {}

  /**
   * The port on the loopback address. Stays the same while this object lives.
   *
   * @return a TCP port
   */
  public int port() {
    return port;
  }

  /**
   * The address to listen to, always loopback.
   *
   * @return a numeric address
   */
  public String host() {
    return HOST;
  }

  /**
   * The password of the role {@value #NAME}.
   *
   * @return the generated password, a secret
   */
  public String password() {
    return password;
  }

  /**
   * Where JDBC finds the database.
   *
   * @return a URL without user and password
   */
  public String jdbcUrl() {
    return jdbcUrl(NAME);
  }

  /**
   * The server's process, for tests that end it the hard way and for diagnosis.
   *
   * @return its identifier
   */
  public long pid() {
    lock.lock();
    try {
      return server.pid();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the server takes connections at this moment.
   *
   * @return false while it is being restarted and after {@link #close()}
   */
  public boolean isReady() {
    return PostmasterFile.read(cluster)
        .filter(PostmasterFile::ready)
        .flatMap(file -> ProcessHandle.of(file.pid()))
        .filter(ProcessHandle::isAlive)
        .isPresent();
  }

  /**
   * Stops the server: open transactions are rolled back, everything committed is on disk. Blocks
   * until it has ended, at most about a minute. May be called twice.
   */
  @Override
  public void close() {
    // Before the lock: a restart that holds it gives up when it sees this.
    closing = true;
    lock.lock();
    try {
      if (server != null && server.isAlive()) {
        stop(server.toHandle());
      }
    } finally {
      lock.unlock();
    }
  }

  private String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
  }

  private PostgresBinaries unpack() {
    Path beside = settings.home().resolve("programs");
    if (ServerUser.isRoot() && user.uid() != 0) {
      // The other user may not reach root's cache.
      PostgresBinaries programs = PostgresBinaries.unpack(beside);
      user.own(beside);
      return programs;
    }
    try {
      return PostgresBinaries.unpack(settings.binaries());
    } catch (PostgresException e) {
      LOG.debug("The cache cannot be used, unpacking beside the cluster", e);
      return PostgresBinaries.unpack(beside);
    }
  }

  private String password(String name) throws IOException {
    Path file = settings.home().resolve(name);
    if (!Files.exists(file)) {
      if (Files.exists(cluster.resolve("PG_VERSION"))) {
        throw new PostgresException(
            file + " is missing: without it the database in " + cluster + " cannot be opened.");
      }
      byte[] random = new byte[24];
      new SecureRandom().nextBytes(random);
      PostgresBinaries.writeDurably(
          file, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
      user.own(file);
    }
    return Files.readString(file).strip();
  }

  /** Stops the server that a killed JVM left behind; forgets the note of one that is gone. */
  private void stopLeftover() {
    Optional<PostmasterFile> note = PostmasterFile.read(cluster);
    Optional<ProcessHandle> running =
        note.flatMap(file -> ProcessHandle.of(file.pid())).filter(ProcessHandle::isAlive);
    if (running.isPresent() && isOurs(running.get())) {
      LOG.info("Stopping the database that an ended run left behind");
      stop(running.get());
    } else if (running.isPresent()) {
      // Another process has that number by now; PostgreSQL would take it for a server of ours.
      try {
        Files.deleteIfExists(PostmasterFile.file(cluster));
      } catch (IOException e) {
        throw new PostgresException("A stale " + PostmasterFile.file(cluster) + " remains.", e);
      }
    }
  }

  private boolean isOurs(ProcessHandle process) {
    Path cwd = Path.of("/proc", Long.toString(process.pid()), "cwd");
    if (Files.isSymbolicLink(cwd)) {
      try {
        return Files.isSameFile(Files.readSymbolicLink(cwd), cluster)
            && process.info().command().orElse("postgres").contains("postgres");
      } catch (IOException e) {
        return false;
      }
    }
    return process.info().commandLine().orElse("").contains(cluster.toString());
  }

  private void createCluster() {
    Path version = cluster.resolve("PG_VERSION");
    try {
      if (Files.exists(version)) {
        String found = Files.readString(version).strip();
        if (!found.equals(MAJOR_VERSION)) {
          throw new PostgresException(
              cluster
                  + " belongs to PostgreSQL "
                  + found
                  + ", this build has "
                  + MAJOR_VERSION
                  + ": use the older build to move the data.");
        }
        return;
      }
      LOG.info("Creating the database in {}", settings.home());
      // Made aside and renamed: a start that is interrupted here leaves nothing half made.
      Path half = settings.home().resolve("data.new");
      PostgresBinaries.deleteRecursively(half);
      Path secret = settings.home().resolve("superuser.password");
      run(
          "The database cannot be created",
          binaries.program("initdb"),
          "--pgdata=" + half,
          "--username=" + SUPERUSER,
          "--pwfile=" + secret,
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          "--locale=C",
          "--locale-provider=builtin",
          "--builtin-locale=C.UTF-8",
          "--data-checksums");
      Files.move(half, cluster, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new PostgresException(
          "The database cannot be created in " + settings.home() + ": " + e.getMessage(), e);
    }
  }

  private void launchOnFreePort() {
    for (int attempt = 1; ; attempt++) {
      port = freePort();
      try {
        launch();
        return;
      } catch (PortTakenException e) {
        if (attempt == PORT_ATTEMPTS) {
          throw new PostgresException("No free port on the loopback address was found.", e);
        }
      }
    }
  }

  /** Starts the server on {@link #port} and waits until it is ready. */
  private void launch() {
    Path output = settings.home().resolve("server.log");
    keepPrevious(output);
    Instant began = Instant.now();
    while (true) {
      Process process;
      try {
        process =
            environment(new ProcessBuilder(session(user.command(serverCommand()))))
                .directory(settings.home().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
      } catch (IOException e) {
        throw new PostgresException("PostgreSQL cannot be started: " + e.getMessage(), e);
      }
      boolean ready;
      try {
        ready = awaitReady(process);
      } catch (RuntimeException e) {
        stop(process.toHandle());
        throw e;
      }
      if (ready) {
        server = process;
        process.onExit().thenAcceptAsync(this::ended, Thread::startVirtualThread);
        return;
      }
      String said = read(output);
      if (said.contains("could not bind") || said.contains("could not create any TCP/IP sockets")) {
        throw new PortTakenException();
      }
      boolean childrenLeft =
          said.contains("shared memory block") && said.contains("still in use")
              || said.contains("is still in use by");
      Duration waited = Duration.between(began, Instant.now());
      if (!childrenLeft || waited.compareTo(STOPPED_WITHIN) > 0) {
        throw new PostgresException("PostgreSQL did not start: " + firstFault(said));
      }
      if (waited.compareTo(CHILDREN_END_WITHIN) > 0) {
        endChildren();
      }
      pause(Duration.ofMillis(200));
    }
  }

  private static void keepPrevious(Path log) {
    try {
      if (Files.exists(log)) {
        Files.move(log, log.resolveSibling("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new PostgresException(log + " cannot be put aside: " + e.getMessage(), e);
    }
  }

  private List<String> serverCommand() {
    List<String> command = new ArrayList<>(List.of(binaries.program("postgres")));
    command.addAll(List.of("-D", cluster.toString()));
    Map<String, String> fixed =
        Map.of(
            "listen_addresses", host(),
            "port", Integer.toString(port),
            // No socket file: its path may be too long, and the loopback port has a password.
            "unix_socket_directories", "",
            // Into server.log, which is not rotated while the server runs: refused statements are
            // the caller's to log and would fill it.
            "logging_collector", "off",
            "log_destination", "stderr",
            "log_min_messages", "log");
    Stream.concat(fixed.entrySet().stream(), settings.serverSettings().entrySet().stream())
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> command.addAll(List.of("-c", entry.getKey() + "=" + entry.getValue())));
    return command;
  }

  /** A session of its own, where a program for that exists: Ctrl-C then passes the server by. */
  private static List<String> session(List<String> command) {
    List<String> whole = new ArrayList<>();
    if (onPath("setsid")) {
      whole.add("setsid");
    } else if (onPath("perl")) {
      whole.addAll(List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV", "--"));
    }
    whole.addAll(command);
    return whole;
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /**
   * Waits for a server that was just launched.
   *
   * @return false when it ended instead of becoming ready
   */
  private boolean awaitReady(Process process) {
    Instant began = Instant.now();
    Instant speakAt = began.plusSeconds(5);
    while (true) {
      Optional<PostmasterFile> note = PostmasterFile.read(cluster);
      if (note.filter(file -> file.ready() && file.pid() == process.pid()).isPresent()) {
        return true;
      }
      if (!process.isAlive()) {
        return false;
      }
      Instant now = Instant.now();
      if (now.isAfter(speakAt)) {
        LOG.info("The database is still starting; after a crash it first repeats its log");
        speakAt = now.plusSeconds(15);
      }
      if (closing) {
        throw new PostgresException("PostgreSQL was stopped while it was starting.");
      }
      if (Duration.between(began, now).compareTo(READY_WITHIN) > 0) {
        throw new PostgresException("PostgreSQL was not ready within " + READY_WITHIN + ".");
      }
      pause(Duration.ofMillis(10));
    }
  }

  /** The server ended: starts it again unless that was asked for. Runs on a thread of its own. */
  private void ended(Process process) {
    lock.lock();
    try {
      if (closing || process != server) {
        return;
      }
      Instant now = Instant.now();
      restarts.removeIf(at -> at.isBefore(now.minus(RESTART_WINDOW)));
      if (restarts.size() == RESTARTS) {
        LOG.error("PostgreSQL ended {} times in {}; not started again", RESTARTS, RESTART_WINDOW);
        return;
      }
      restarts.add(now);
      LOG.warn("PostgreSQL ended unexpectedly ({}); starting it again", process.exitValue());
      launch();
      LOG.warn("PostgreSQL runs again");
    } catch (RuntimeException e) {
      LOG.error("PostgreSQL cannot be started again", e);
    } finally {
      lock.unlock();
    }
  }

  /** Ends processes of this cluster whose server is gone; safe, as recovery follows anyway. */
  private void endChildren() {
    ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
        .filter(this::isOurs)
        .forEach(ProcessHandle::destroyForcibly);
  }

  private void createDatabase() {
    try (Connection connection = connect(SUPERUSER, SUPERUSER, superuserPassword);
        Statement statement = connection.createStatement()) {
      if (!exists(statement, "SELECT FROM pg_roles WHERE rolname = '" + NAME + "'")) {
        // The alphabet of the generated password has no quote.
        statement.execute("CREATE ROLE " + NAME + " LOGIN PASSWORD '" + password + "'");
      }
      if (!exists(statement, "SELECT FROM pg_database WHERE datname = '" + NAME + "'")) {
        statement.execute("CREATE DATABASE " + NAME + " OWNER " + NAME);
      }
    } catch (SQLException e) {
      throw new PostgresException("The database cannot be opened: " + e.getMessage(), e);
    }
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }

  private void checkDurable() {
    try (Connection connection = connect(NAME, NAME, password);
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, String> setting : MUST_BE_ON.entrySet()) {
        try (ResultSet rows = statement.executeQuery("SHOW " + setting.getKey())) {
          rows.next();
          String value = rows.getString(1);
          if (!value.equals(setting.getValue())) {
            throw new PostgresException(
                "PostgreSQL runs with "
                    + setting.getKey()
                    + "="
                    + value
                    + ": what it acknowledges could be lost, so Lastunit does not start.");
          }
        }
      }
    } catch (SQLException e) {
      throw new PostgresException("The database cannot be opened: " + e.getMessage(), e);
    }
  }

  private Connection connect(String database, String role, String secret) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", role);
    properties.setProperty("password", secret);
    properties.setProperty("connectTimeout", "10");
    return DriverManager.getConnection(jdbcUrl(database), properties);
  }

  /** Stops a server, first with a checkpoint, then without, at last by force. */
  private void stop(ProcessHandle process) {
    for (String mode : List.of("fast", "immediate")) {
      if (!process.isAlive()) {
        return;
      }
      try {
        run(
            "PostgreSQL cannot be stopped",
            binaries.program("pg_ctl"),
            "kill",
            mode.equals("fast") ? "INT" : "QUIT",
            Long.toString(process.pid()));
      } catch (PostgresException e) {
        if (process.isAlive()) {
          LOG.warn("{}", e.getMessage());
        }
      }
      if (await(STOPPED_WITHIN, () -> !process.isAlive())) {
        return;
      }
      LOG.warn("PostgreSQL did not stop within {} ({} mode)", STOPPED_WITHIN, mode);
    }
    process.destroyForcibly();
    await(STOPPED_WITHIN, () -> !process.isAlive());
  }

  /** Runs one of the programs to its end and throws its words when it fails. */
  private void run(String fault, String... program) {
    try {
      Process process =
          environment(new ProcessBuilder(user.command(List.of(program))))
              .directory(settings.home().toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes());
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new PostgresException(fault + ": " + firstFault(said));
      }
    } catch (IOException e) {
      throw new PostgresException(fault + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostgresException(fault + ": interrupted", e);
    }
  }

  /** An operator's PGDATA, PGPORT or language must not leak into the server. */
  private static ProcessBuilder environment(ProcessBuilder builder) {
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().keySet().removeIf(name -> name.startsWith("LC_"));
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    // Else glibc gives memory back to the system after each larger statement and asks for it again
    // with the next: a page fault for every page, which is dear in a virtual machine.
    builder.environment().put("MALLOC_TRIM_THRESHOLD_", "67108864");
    builder.environment().put("MALLOC_TOP_PAD_", "4194304");
    return builder;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new PostgresException("No port on the loopback address can be had.", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  /** The line that says why, of an output that may have many. */
  private static String firstFault(String output) {
    return output
        .lines()
        .filter(line -> line.contains("FATAL") || line.contains("PANIC") || line.contains("error"))
        .findFirst()
        .or(() -> output.lines().filter(line -> !line.isBlank()).findFirst())
        .orElse("it said nothing");
  }

  private static boolean await(Duration limit, BooleanSupplier condition) {
    Instant until = Instant.now().plus(limit);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(until)) {
        return false;
      }
      pause(Duration.ofMillis(10));
    }
    return true;
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PostgresException("Interrupted while waiting for PostgreSQL.", e);
    }
  }

  /** Somebody took the port between our look and the server's start. */
  private static final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
