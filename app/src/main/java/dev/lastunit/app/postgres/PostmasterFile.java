package dev.lastunit.app.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running server writes into {@code postmaster.pid}.
 *
 * @param pid the server's process
 * @param dataDirectory the cluster that it serves
 * @param port the port that it listens on; 0 while it is not known yet
 * @param ready whether it takes connections
 */
record PostmasterFile(long pid, String dataDirectory, int port, boolean ready) {

  /** Lines of the file, counted from zero: process, cluster, start, port, socket, address, …. */
  private static final int PORT = 3;

  private static final int STATUS = 7;

  /**
   * Reads the file of a cluster.
   *
   * @param cluster the cluster's directory
   * @return what it says; empty when there is none or it is still being written
   */
  static Optional<PostmasterFile> read(Path cluster) {
    try {
      List<String> lines = Files.readAllLines(file(cluster));
      if (lines.size() < 2) {
        return Optional.empty();
      }
      return Optional.of(
          new PostmasterFile(
              Long.parseLong(lines.get(0).trim()),
              lines.get(1).trim(),
              lines.size() > PORT ? Integer.parseInt(lines.get(PORT).trim()) : 0,
              lines.size() > STATUS && lines.get(STATUS).trim().equals("ready")));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new PostgresException(file(cluster) + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The file's place.
   *
   * @param cluster the cluster's directory
   * @return its path, whether it exists or not
   */
  static Path file(Path cluster) {
    return cluster.resolve("postmaster.pid");
  }
}
