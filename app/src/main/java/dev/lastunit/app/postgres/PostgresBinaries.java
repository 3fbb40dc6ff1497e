package dev.lastunit.app.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the archive on the class path into a directory of ours that
 * is named by the archive's digest, so that versions do not meet and an unpacked one is found
 * again.
 *
 * @param directory where {@code bin}, {@code lib} and {@code share} are; absolute
 */
record PostgresBinaries(Path directory) {

  /** Unpacked by somebody else at the same moment is fine: both have the same bytes. */
  private static final String UNPACKING = ".unpacking-";

  /**
   * Finds the programs for this machine below {@code parent}, unpacking them when they are not
   * there yet (about 75 MB, one to two seconds). Blocks.
   *
   * @param parent directory of the unpacked versions, created when absent
   * @return the programs
   * @throws PostgresException when there is no archive for this machine or it cannot be unpacked
   */
  static PostgresBinaries unpack(Path parent) {
    String archive = archiveName();
    try {
      Path ours = parent.resolve("postgres-" + digest(archive));
      if (!Files.isExecutable(ours.resolve("bin/postgres"))) {
        Files.createDirectories(parent);
        Path unpacking = Files.createTempDirectory(parent, UNPACKING);
        try {
          unpack(archive, unpacking);
          // Others of this group need not write here, but a server run by another user must read.
          Files.setPosixFilePermissions(unpacking, PosixFilePermissions.fromString("rwxr-xr-x"));
          moveInto(unpacking, ours);
        } finally {
          deleteRecursively(unpacking);
        }
      }
      return new PostgresBinaries(ours);
    } catch (IOException e) {
      throw new PostgresException(
          "PostgreSQL's programs cannot be unpacked below " + parent + ": " + e.getMessage(), e);
    }
  }

  /**
   * One of the programs.
   *
   * @param name {@code postgres}, {@code initdb} or {@code pg_ctl}
   * @return its absolute path
   */
  String program(String name) {
    return directory.resolve("bin").resolve(name).toString();
  }

  private static String archiveName() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    boolean arm = arch.equals("aarch64") || arch.equals("arm64");
    if (os.startsWith("linux")) {
      return arm ? "postgres-linux-arm_64.txz" : "postgres-linux-x86_64.txz";
    }
    if (os.startsWith("mac") && arm) {
      return "postgres-darwin-arm_64.txz";
    }
    throw new PostgresException(
        "There is no embedded PostgreSQL for "
            + os
            + " on "
            + arch
            + ": set SPRING_DATASOURCE_URL and SPRING_R2DBC_URL to one of your own.");
  }

  private static InputStream open(String archive) throws IOException {
    InputStream in = PostgresBinaries.class.getResourceAsStream("/" + archive);
    if (in == null) {
      throw new PostgresException("The archive " + archive + " is not on the class path.");
    }
    return new BufferedInputStream(in, 1 << 16);
  }

  private static String digest(String archive) throws IOException {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(open(archive), sha)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static void unpack(String archive, Path target) throws IOException {
    try (InputStream in = open(archive);
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("an entry leaves the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
          boolean executable = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }

  private static void moveInto(Path unpacked, Path ours) throws IOException {
    try {
      Files.move(unpacked, ours, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isExecutable(ours.resolve("bin/postgres"))) {
        throw e;
      }
    }
  }

  /**
   * Deletes a directory and all below it; absent is fine.
   *
   * @param directory what to delete
   * @throws IOException when something cannot be deleted
   */
  static void deleteRecursively(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted((a, b) -> b.compareTo(a))
          .forEach(
              path -> {
                try {
                  Files.deleteIfExists(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Writes a small file so that it is on the disk, whole, when this returns.
   *
   * @param file where to
   * @param content what
   * @throws IOException when it cannot be written
   */
  static void writeDurably(Path file, String content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, content);
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
