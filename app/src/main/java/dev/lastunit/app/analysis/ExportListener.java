package dev.lastunit.app.analysis;

import java.nio.file.Path;

/** Is told how an export goes, on the thread that writes it. */
public interface ExportListener {

  /** For whom it does not matter. */
  ExportListener NONE = new ExportListener() {};

  /**
   * Some positions were looked at.
   *
   * @param done so far in this run
   * @param total in this run
   */
  default void advanced(long done, long total) {}

  /** A file has its name; it does not count before its chunk is written. */
  default void placed(Path file) {}
}
