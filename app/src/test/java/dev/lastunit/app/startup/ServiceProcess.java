package dev.lastunit.app.startup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The service as operators run it: the built jar in a process of its own, which a test may stop,
 * kill, or start when it should be refused. Ended by {@link #close()} if it still runs.
 */
public final class ServiceProcess implements AutoCloseable {

  private static final Pattern BASE = Pattern.compile("API +(http://\\S+)/v1");
  private static final Duration READY_WITHIN = Duration.ofSeconds(180);

  private final Process process;
  private final Path output;

  private ServiceProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts the jar; does not wait.
   *
   * @param output file for what it prints
   * @param environment settings, such as {@code LASTUNIT_DATA_DIR}
   * @return the started process
   * @throws IOException when the process cannot be made
   */
  public static ServiceProcess start(Path output, Map<String, String> environment)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlastunit.postgres.shared-buffers=64MB",
                "-jar",
                Path.of("target", "lastunit.jar").toAbsolutePath().toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new ServiceProcess(builder.start(), output);
  }

  /**
   * Waits until it says that it is ready.
   *
   * @return its address, such as {@code http://localhost:8080}
   * @throws InterruptedException when interrupted
   */
  public String awaitReady() throws InterruptedException {
    Instant until = Instant.now().plus(READY_WITHIN);
    while (Instant.now().isBefore(until)) {
      Matcher base = BASE.matcher(printed());
      if (base.find()) {
        return base.group(1);
      }
      if (!process.isAlive()) {
        throw new AssertionError("The service ended instead of becoming ready:\n" + printed());
      }
      Thread.sleep(50);
    }
    throw new AssertionError("The service was not ready in " + READY_WITHIN + ":\n" + printed());
  }

  /**
   * Waits until it has ended.
   *
   * @return its exit status
   * @throws InterruptedException when interrupted
   */
  public int awaitEnd() throws InterruptedException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("The service did not end:\n" + printed());
    }
    return process.exitValue();
  }

  /**
   * Asks it to stop, as a service manager does.
   *
   * @return its exit status
   * @throws InterruptedException when interrupted
   */
  public int stop() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /**
   * Kills the JVM; its database lives on.
   *
   * @throws InterruptedException when interrupted
   */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }

  /**
   * What it has printed so far.
   *
   * @return all of it
   */
  public String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (process.isAlive()) {
        stop();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
