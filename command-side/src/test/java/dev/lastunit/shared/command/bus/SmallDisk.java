package dev.lastunit.shared.command.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few megabytes that can be filled up. Needs Linux, and root to mount it. */
final class SmallDisk implements AutoCloseable {

  private final Path root;
  private final Path folder;
  private final Path ballast;

  private SmallDisk(Path root) {
    this.root = root;
    this.folder = root.resolve("data");
    this.ballast = root.resolve("ballast");
  }

  /** Skips the test where nothing can be mounted. */
  static SmallDisk mount(int megabytes) throws IOException {
    Path parent = Files.createDirectories(Path.of("target/small-disks").toAbsolutePath());
    SmallDisk disk = new SmallDisk(Files.createTempDirectory(parent, "disk-"));
    boolean mounted =
        runs("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", disk.root);
    if (!mounted) {
      Files.delete(disk.root);
      Assumptions.abort("Only root may mount a small file system, and on Linux only");
    }
    Files.createDirectory(disk.folder);
    return disk;
  }

  private static boolean runs(Object... command) {
    try {
      Process process =
          new ProcessBuilder(List.of(command).stream().map(Object::toString).toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** An empty folder there. */
  Path folder() {
    return folder;
  }

  /** Leaves no room. */
  void fill() {
    byte[] block = new byte[4_096];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(root.toFile().getUsableSpace()).isLessThan(block.length);
    }
  }

  /** Makes room again. */
  void free() {
    try {
      Files.delete(ballast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Unmounts, also what is still in use, and forgets everything. */
  @Override
  public void close() {
    if (runs("umount", "--lazy", root)) {
      root.toFile().delete();
    }
  }
}
