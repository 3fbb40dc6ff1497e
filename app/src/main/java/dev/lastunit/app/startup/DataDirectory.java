package dev.lastunit.app.startup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The directory that holds everything this node keeps, locked for this process. The lock goes with
 * the process, however it ends.
 */
public final class DataDirectory implements AutoCloseable {

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Locks a directory, creating it when absent (for its owner only).
   *
   * @param directory the directory
   * @return the locked directory
   * @throws StartupRefusedException when another process, or another context of this one, has it,
   *     or when it cannot be written
   */
  public static DataDirectory lock(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    FileChannel channel = null;
    try {
      createForOwner(path);
      // Logs hold what customers did; made here, as the logging system would let others read it.
      createForOwner(path.resolve("logs"));
      channel =
          FileChannel.open(
              path.resolve("lastunit.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new StartupRefusedException(
            "The data directory "
                + path
                + " is in use by another Lastunit: stop that one, or set LASTUNIT_DATA_DIR.");
      }
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      throw new StartupRefusedException(
          "The data directory " + path + " cannot be used (" + e + "): set LASTUNIT_DATA_DIR.");
    }
  }

  private static void createForOwner(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Files.createDirectories(directory.getParent());
    Files.createDirectory(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /**
   * The directory.
   *
   * @return its absolute path
   */
  public Path path() {
    return path;
  }

  /** Gives the directory free. May be called twice. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("The lock on " + path + " cannot be given up", e);
    }
  }
}
