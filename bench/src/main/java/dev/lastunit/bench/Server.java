package dev.lastunit.bench;

import dev.lastunit.bench.load.Connection;
import dev.lastunit.bench.shop.Address;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server that the run has started and stops, together with what it has written. */
final class Server implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final Duration READY_WITHIN = Duration.ofMinutes(10);
  private static final Duration STOPPED_WITHIN = Duration.ofMinutes(1);
  private static final long POLL_MILLIS = 100;

  private final Process process;
  private final Path data;
  private final boolean keepsData;
  private final Thread atExit;
  private final Address address;

  private Server(Process process, Address address, Path data, boolean keepsData) {
    this.process = process;
    this.address = address;
    this.data = data;
    this.keepsData = keepsData;
    // Ctrl-C must not leave a server behind.
    this.atExit = new Thread(this::stop);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** The port when it is free, or any free one for 0. */
  static int freePort(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.getLocalPort();
    } catch (BindException e) {
      // Else another server would answer our probe, and be measured.
      throw new IOException("Port " + port + " is taken", e);
    }
  }

  /**
   * Starts the service on an empty data directory and waits until it is ready; it limits nobody's
   * requests.
   *
   * @param root of the checkout
   * @param work where the data directory is made
   * @param port 0 for any
   * @param heap as for the JVM
   * @param settings more of them, by environment
   * @param log what the service says
   */
  static Server service(
      Path root, Path work, int port, String heap, Map<String, String> settings, Path log)
      throws IOException, InterruptedException {
    Path data = Files.createTempDirectory(work, "data-");
    return service(root, data, false, port, heap, settings, log);
  }

  /** The same on a data directory that stays, with what it holds already. */
  static Server serviceOn(Path root, Path data, String heap, Path log)
      throws IOException, InterruptedException {
    return service(root, data, true, 0, heap, Map.of(), log);
  }

  private static Server service(
      Path root,
      Path data,
      boolean keepsData,
      int port,
      String heap,
      Map<String, String> settings,
      Path log)
      throws IOException, InterruptedException {
    int free = freePort(port);
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("SERVER_PORT", Integer.toString(free));
    environment.put("LASTUNIT_DATA_DIR", data.toString());
    environment.put("LASTUNIT_RATE_LIMIT", "off");
    environment.put("LASTUNIT_HEAP", heap);
    return start(
        List.of(root.resolve("run").toString()),
        environment,
        free,
        "/actuator/health/readiness",
        log,
        data,
        keepsData);
  }

  /**
   * Starts a program and waits until it is ready.
   *
   * @param probe path that answers 200 when it is
   * @param log what the program says
   * @param data directory that goes when the server stops
   */
  static Server start(
      List<String> command,
      Map<String, String> environment,
      int port,
      String probe,
      Path log,
      Path data)
      throws IOException, InterruptedException {
    return start(command, environment, port, probe, log, data, false);
  }

  private static Server start(
      List<String> command,
      Map<String, String> environment,
      int port,
      String probe,
      Path log,
      Path data,
      boolean keepsData)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // An operator's own database is not to be loaded, and would not be measured.
    builder.environment().keySet().removeIf(name -> name.startsWith("SPRING_"));
    builder.environment().putAll(environment);
    Server server = new Server(builder.start(), new Address(HOST, port), data, keepsData);
    try {
      server.awaitReady(probe, log);
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void awaitReady(String probe, Path log) throws IOException, InterruptedException {
    long until = System.nanoTime() + READY_WITHIN.toNanos();
    while (!answers(probe)) {
      if (!process.isAlive()) {
        throw new IOException("The server did not start; see " + log);
      }
      if (System.nanoTime() - until > 0) {
        throw new IOException("The server was not ready within " + READY_WITHIN + "; see " + log);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private boolean answers(String probe) {
    try (Connection connection = new Connection(HOST, address.port())) {
      return connection.send("GET", probe, "", null).status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  Address address() {
    return address;
  }

  /** The directory of what it stores. */
  Path data() {
    return data;
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // The hook is at it.
    }
    stop();
  }

  private void stop() {
    process.destroy();
    try {
      if (!process.waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    if (!keepsData) {
      delete();
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("bench: " + data + " could not be removed: " + e.getMessage());
    }
  }
}
