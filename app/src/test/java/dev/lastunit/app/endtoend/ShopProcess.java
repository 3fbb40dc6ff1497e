package dev.lastunit.app.endtoend;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The whole service as an operating-system process of its own, so that it can be killed. */
final class ShopProcess implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(90);

  private final Path dataDirectory;
  private final Process process;
  private final String base;
  private final Path output;

  private ShopProcess(Path dataDirectory, Process process, String base, Path output) {
    this.dataDirectory = dataDirectory;
    this.process = process;
    this.base = base;
    this.output = output;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it with this test's class path and waits until it is ready. */
  static ShopProcess start(Path dataDirectory, int port, String... settings) {
    List<String> command = new ArrayList<>(java("dev.lastunit.app.LastunitApplication"));
    command.addAll(
        List.of(
            "--server.port=" + port,
            "--lastunit.data-dir=" + dataDirectory,
            "--lastunit.rate-limit=off"));
    for (String setting : settings) {
      command.add("--" + setting);
    }
    Path output = Path.of("target", "shop-process-" + port + ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      ShopProcess shop =
          new ShopProcess(dataDirectory, process, "http://127.0.0.1:" + port, output);
      shop.awaitReady();
      return shop;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a program of the service is started with this test's class path. */
  static List<String> java(String mainClass) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        classPathWithoutTests(),
        mainClass);
  }

  private static String classPathWithoutTests() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < deadline) {
        if (!process.isAlive()) {
          throw new AssertionError("the service ended with " + process.exitValue());
        }
        if (isReady(http, request)) {
          return;
        }
        ShopClient.sleep(100);
      }
    }
    throw new AssertionError("the service was not ready in " + START_PATIENCE);
  }

  private static boolean isReady(HttpClient http, HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String base() {
    return base;
  }

  /** What it has printed so far, and what services on the same port printed before it. */
  String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Asks it to stop, as a service manager does, and waits until it has ended by itself.
   *
   * @param limit fails when it takes longer
   * @return its exit status
   */
  int stop(Duration limit) {
    process.destroy();
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the service did not stop within " + limit);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills the JVM as {@code kill -9} does; its database lives on. */
  void killJvm() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Kills the JVM and its database's processes as {@code kill -9} does. */
  void killJvmAndDatabase() {
    List<ProcessHandle> database = databaseProcesses();
    process.destroyForcibly();
    database.forEach(ProcessHandle::destroyForcibly);
    awaitEnd();
    database.forEach(handle -> handle.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  /**
   * Kills one process of the database as {@code kill -9} does: its server then ends all others,
   * throws its memory away and recovers from its log. The JVM lives on.
   */
  void crashDatabase() {
    databaseProcesses().stream()
        .skip(1)
        .reduce((_, last) -> last)
        .orElseThrow(() -> new AssertionError("the database has no process but its server"))
        .destroyForcibly();
  }

  private List<ProcessHandle> databaseProcesses() {
    Path pidFile = findPidFile();
    try {
      long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
      List<ProcessHandle> handles = new ArrayList<>();
      ProcessHandle.of(pid)
          .ifPresent(
              server -> {
                handles.add(server);
                server.descendants().forEach(handles::add);
              });
      return handles;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path findPidFile() {
    try (var files = Files.walk(dataDirectory, 4)) {
      return files
          .filter(file -> file.getFileName().toString().equals("postmaster.pid"))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no postmaster.pid under " + dataDirectory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the process did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Stops it as an operator does, unless it has ended, and waits. */
  @Override
  public void close() {
    try {
      stop(Duration.ofSeconds(30));
    } finally {
      process.destroyForcibly();
    }
  }
}
