package dev.lastunit.app.postgres;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where an embedded PostgreSQL lives and how it is tuned.
 *
 * @param home directory that holds the cluster, its passwords and its log; created when absent,
 *     absolute
 * @param binaries directory under which unpacked binaries are kept, shared by all clusters of this
 *     user; created when absent, absolute
 * @param serverSettings server parameters by name, given to the server on its command line and thus
 *     stronger than its configuration files; the durable ones are checked after the start
 */
public record PostgresSettings(Path home, Path binaries, Map<String, String> serverSettings) {

  /**
   * Connections that the server takes: the JDBC and R2DBC pools of one node, deadlines, listeners,
   * and some for an operator beside them.
   */
  private static final String MAX_CONNECTIONS = "120";

  /** Checks shape only; the directories are created at the start. */
  public PostgresSettings {
    home = home.toAbsolutePath().normalize();
    binaries = binaries.toAbsolutePath().normalize();
    serverSettings = Map.copyOf(serverSettings);
  }

  /**
   * Settings for a cluster in this directory: durable, modest in memory, binaries in the user's
   * cache.
   *
   * @param home the cluster's directory
   * @return settings to start with
   */
  public static PostgresSettings in(Path home) {
    return new PostgresSettings(home, userCache(), defaults());
  }

  /**
   * The same with one server parameter changed.
   *
   * @param name a server parameter, such as {@code shared_buffers}
   * @param value its value in PostgreSQL's notation
   * @return a copy
   */
  public PostgresSettings with(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(serverSettings);
    changed.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
    return new PostgresSettings(home, binaries, changed);
  }

  private static Map<String, String> defaults() {
    Map<String, String> settings = new LinkedHashMap<>();
    // What was acknowledged survives a power cut. Checked by SHOW after the start.
    settings.put("fsync", "on");
    settings.put("synchronous_commit", "on");
    settings.put("full_page_writes", "on");
    // Memory for a machine of 2 cores that also runs the JVM.
    settings.put("shared_buffers", "512MB");
    settings.put("effective_cache_size", "4GB");
    settings.put("work_mem", "16MB");
    settings.put("maintenance_work_mem", "256MB");
    settings.put("max_connections", MAX_CONNECTIONS);
    // Few, spread checkpoints: each one makes the next write of every page a full-page write.
    settings.put("wal_buffers", "16MB");
    settings.put("min_wal_size", "512MB");
    settings.put("max_wal_size", "4GB");
    settings.put("checkpoint_timeout", "15min");
    // Compilation of short statements costs more than it saves.
    settings.put("jit", "off");
    settings.put("random_page_cost", "1.1");
    settings.put("timezone", "UTC");
    settings.put("log_timezone", "UTC");
    return settings;
  }

  private static Path userCache() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("lastunit");
  }
}
