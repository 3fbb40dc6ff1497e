package dev.lastunit.app.analysis;

import dev.lastunit.app.analysis.Manifest.DataFile;
import dev.lastunit.app.analysis.Manifest.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.duckdb.DuckDBConnection;

/**
 * Brings a directory of event files up to the store: chunk by chunk of positions, each of which is
 * there as a whole or not at all, so that memory is bounded by a chunk and a run that was
 * interrupted goes on where the last chunk ended. A run adds only what is new.
 */
public final class Export {

  /** Positions of one chunk. */
  private static final long CHUNK = 250_000;

  private static final String MEMORY = "1GB";

  private final LiveStore store;
  private final EventFiles files;
  private final long chunk;
  private final long least;
  private final ExportListener listener;

  /**
   * @param chunk most positions of one chunk
   * @param least fewer new positions are left for a later run, rather than making small files
   */
  Export(LiveStore store, EventFiles files, long chunk, long least, ExportListener listener) {
    this.store = store;
    this.files = files;
    this.chunk = chunk;
    this.least = least;
    this.listener = listener;
  }

  /**
   * What a run did.
   *
   * @param added events that are new
   * @param rows events that the directory holds
   * @param files that it holds
   * @param position up to which the store was looked at
   */
  public record Summary(long added, long rows, int files, long position) {}

  /**
   * Exports the events of a time up to the last one that is committed when it begins.
   *
   * @param from earliest time; null for any
   * @param to time before which events are; null for any
   * @param directory made when there is none
   * @throws AnalysisException when the directory holds more than is asked for, or what another
   *     store wrote, or when another run writes there
   * @throws IOException when a file cannot be written; what was written before counts
   * @throws SQLException when the store cannot be read; what was written before counts
   */
  public static Summary run(
      LiveStore store, Path directory, Instant from, Instant to, ExportListener listener)
      throws IOException, SQLException {
    try (EventFiles files = EventFiles.open(directory, false)) {
      return new Export(store, files, CHUNK, 1, listener).upTo(store.head(), from, to);
    }
  }

  Summary upTo(long head, Instant from, Instant to) throws IOException, SQLException {
    if (!isSameStore(store, files.manifest(), head)) {
      throw new AnalysisException(
          "the directory was exported from another store, or this one was restored to an earlier"
              + " state: take another directory");
    }
    long before = files.manifest().rows();
    Manifest wanted = files.manifest().covering(from, to);
    long total =
        wanted.slices().stream().mapToLong(slice -> Math.max(0, head - slice.position())).sum();
    if (total >= least) {
      try (DuckDBConnection duckdb = DuckDb.open(files.writing("spill"), MEMORY);
          Stage stage = new Stage(duckdb)) {
        write(wanted, head, total, duckdb, stage);
      }
    }
    return new Summary(
        files.manifest().rows() - before,
        files.manifest().rows(),
        files.manifest().files().size(),
        files.manifest().position());
  }

  /** Whether the store can be the one that was exported: its events at the ends are the same. */
  static boolean isSameStore(LiveStore store, Manifest manifest, long head) throws SQLException {
    for (Slice slice : manifest.slices()) {
      if (slice.position() > head) {
        return false;
      }
      if (slice.position() > 0) {
        // An event that was there may lie in a partition that has been detached since.
        Optional<String> there = store.eventIdAt(slice.position());
        if (!there.map(id -> id.equals(slice.eventId())).orElse(slice.position() < head)) {
          return false;
        }
      }
    }
    return true;
  }

  private void write(Manifest wanted, long head, long total, DuckDBConnection duckdb, Stage stage)
      throws IOException, SQLException {
    Manifest manifest = wanted;
    long done = 0;
    for (int i = 0; i < manifest.slices().size(); i++) {
      Slice slice = manifest.slices().get(i);
      while (head - slice.position() >= least) {
        long upTo = Math.min(head, slice.position() + chunk);
        long alreadyDone = done;
        long after = slice.position();
        store.read(
            after,
            upTo,
            slice.from(),
            slice.to(),
            row -> {
              stage.add(row);
              if (row.position() % 1_000 == 0) {
                listener.advanced(alreadyDone + row.position() - after, total);
              }
            });
        List<DataFile> written = write(manifest.chunks() + 1, duckdb, stage);
        stage.clear();
        done += upTo - after;
        slice = slice.upTo(upTo, store.eventIdAt(upTo).orElse(null));
        manifest = manifest.advanced(i, slice, written);
        files.publish(manifest);
        listener.advanced(done, total);
      }
    }
    if (!manifest.joined().equals(manifest)) {
      files.publish(manifest.joined());
    }
  }

  private List<DataFile> write(long number, DuckDBConnection duckdb, Stage stage)
      throws IOException, SQLException {
    List<DataFile> written = new ArrayList<>();
    for (Map.Entry<EventTable, TreeSet<LocalDate>> held : stage.finish().entrySet()) {
      EventTable table = held.getKey();
      for (LocalDate day : held.getValue()) {
        String path =
            String.format("type=%s/day=%s/events-%08d.parquet", table.name(), day, number);
        Path temporary = files.writing(table.name() + "-" + day + ".parquet");
        long rows = copy(duckdb, table, day, temporary);
        files.place(temporary, path);
        written.add(new DataFile(path, table.name(), rows));
        listener.placed(Path.of(path));
      }
    }
    return written;
  }

  private static long copy(DuckDBConnection duckdb, EventTable table, LocalDate day, Path file)
      throws SQLException {
    String ofDay =
        "(FROM "
            + Stage.nameOf(table)
            + " WHERE \"at\" >= TIMESTAMPTZ '"
            + day
            + " 00:00:00+00' AND \"at\" < TIMESTAMPTZ '"
            + day.plusDays(1)
            + " 00:00:00+00')";
    try (Statement statement = duckdb.createStatement()) {
      return statement.executeUpdate(
          "COPY ("
              + table.selectFrom(ofDay)
              + " ORDER BY \"position\") TO "
              + DuckDb.text(file.toString())
              + " (FORMAT parquet, COMPRESSION zstd)");
    }
  }
}
