package dev.lastunit.app.analysis;

import dev.lastunit.shared.api.EventJson;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * A directory of event files, held for writing: {@code
 * type=OrderPlaced/day=2026-11-24/events-00000001.parquet} and so on, and {@code manifest.json},
 * which says which of them count. Files appear under their names when they are whole, and count
 * once a manifest names them, which replaces the one before in one step. Whatever an interrupted
 * run left is taken away before anything is written.
 */
final class EventFiles implements AutoCloseable {

  private static final String MANIFEST = "manifest.json";
  private static final String LOCK = "manifest.lock";

  /** Holds what is being written; below it, so that a rename is enough. */
  private static final String WRITING = ".writing";

  private final Path directory;
  private final FileChannel lock;
  private Manifest manifest;

  private EventFiles(Path directory, FileChannel lock, Manifest manifest) {
    this.directory = directory;
    this.lock = lock;
    this.manifest = manifest;
  }

  /**
   * Opens a directory for writing and tidies it up; makes it when there is none.
   *
   * @param wait whether another process that writes there is waited for
   * @throws AnalysisException when another process writes there, or when it is not a directory of
   *     event files
   */
  static EventFiles open(Path directory, boolean wait) throws IOException {
    Path path = directory.toAbsolutePath().normalize();
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock(channel, wait) == null) {
        throw new AnalysisException("another run writes to " + path);
      }
      EventFiles files = new EventFiles(path, channel, read(path));
      files.removeLeftovers();
      return files;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileLock lock(FileChannel channel, boolean wait) throws IOException {
    try {
      return wait ? channel.lock() : channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /**
   * What a directory holds at this moment; needs no lock. Files that it names stay as they are.
   *
   * @return the empty manifest when there is none
   * @throws AnalysisException when it cannot be understood
   */
  static Manifest read(Path directory) throws IOException {
    Path file = directory.resolve(MANIFEST);
    try {
      Manifest manifest = EventJson.mapper().readValue(Files.readString(file), Manifest.class);
      if (manifest.format() != Manifest.FORMAT) {
        throw new AnalysisException(file + " is of another version of Lastunit");
      }
      return manifest;
    } catch (NoSuchFileException e) {
      return Manifest.EMPTY;
    } catch (JacksonException e) {
      throw new AnalysisException(file + " cannot be understood: " + e.getOriginalMessage(), e);
    }
  }

  Manifest manifest() {
    return manifest;
  }

  /** Where a file is written before it gets its name. */
  Path writing(String name) throws IOException {
    return Files.createDirectories(directory.resolve(WRITING)).resolve(name);
  }

  /** Gives a file that is whole its name below the directory. It does not count yet. */
  void place(Path written, String path) throws IOException {
    force(written);
    Path target = directory.resolve(path);
    Files.createDirectories(target.getParent());
    Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes a manifest the one that counts, durably; its files were placed before. */
  void publish(Manifest newManifest) throws IOException {
    Path written = writing(MANIFEST);
    Files.writeString(written, EventJson.mapper().writeValueAsString(newManifest));
    force(written);
    for (Path folder :
        newManifest.files().stream()
            .skip(manifest.files().size())
            .flatMap(file -> folders(file.path()))
            .collect(Collectors.toSet())) {
      force(folder);
    }
    Files.move(
        written,
        directory.resolve(MANIFEST),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    force(directory);
    manifest = newManifest;
  }

  private Stream<Path> folders(String path) {
    Path day = directory.resolve(path).getParent();
    return Stream.of(day, day.getParent());
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Takes away everything, so that it can be written anew. */
  void clear() throws IOException {
    manifest = Manifest.EMPTY;
    Files.deleteIfExists(directory.resolve(MANIFEST));
    removeLeftovers();
  }

  private void removeLeftovers() throws IOException {
    Path writing = directory.resolve(WRITING);
    if (Files.isDirectory(writing)) {
      deleteAll(writing);
    }
    Set<Path> counting =
        manifest.files().stream()
            .map(file -> directory.resolve(file.path()))
            .collect(Collectors.toSet());
    List<Path> types;
    try (Stream<Path> children = Files.list(directory)) {
      types =
          children
              .filter(child -> child.getFileName().toString().startsWith("type="))
              .filter(Files::isDirectory)
              .toList();
    }
    for (Path type : types) {
      List<Path> files;
      try (Stream<Path> below = Files.walk(type)) {
        files = below.filter(Files::isRegularFile).toList();
      }
      for (Path file : files) {
        // Only what has the names of this class: other files in the directory are not ours.
        if (file.getFileName().toString().matches("events-\\d{8,}\\.parquet")
            && !counting.contains(file)) {
          Files.delete(file);
          deleteIfEmpty(file.getParent());
          deleteIfEmpty(type);
        }
      }
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return;
    }
  }

  /** Deletes a folder with everything in it. */
  static void deleteAll(Path folder) throws IOException {
    List<Path> below;
    try (Stream<Path> all = Files.walk(folder)) {
      below = all.toList();
    }
    for (Path path : below.reversed()) {
      Files.deleteIfExists(path);
    }
  }

  /** Lets others write there. */
  @Override
  public void close() throws IOException {
    Path writing = directory.resolve(WRITING);
    if (Files.isDirectory(writing)) {
      deleteAll(writing);
    }
    lock.close();
  }
}
