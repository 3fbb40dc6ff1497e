package dev.lastunit.app.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What a directory of event files holds. It alone says which files count: a file that it does not
 * name is what an interrupted run left behind. Immutable.
 *
 * @param format of the directory; {@value #FORMAT}
 * @param chunks how many chunks were written so far; numbers the files
 * @param slices which events there are, by ascending times, without gap or overlap
 * @param files by the order in which they were written
 */
record Manifest(int format, long chunks, List<Slice> slices, List<DataFile> files) {

  static final int FORMAT = 1;

  /** Of a directory that holds nothing. */
  static final Manifest EMPTY = new Manifest(FORMAT, 0, List.of(), List.of());

  Manifest {
    slices = List.copyOf(slices);
    files = List.copyOf(files);
  }

  /**
   * All events of a time up to a position.
   *
   * @param from earliest time; null for any
   * @param to time before which they are; null for any
   * @param position all events of that time up to here are in the files; 0 when none was looked for
   * @param eventId identifies the event there, so that another store is noticed; null at 0
   */
  record Slice(Instant from, Instant to, long position, String eventId) {

    Slice upTo(long newPosition, String newEventId) {
      return new Slice(from, to, newPosition, newEventId);
    }

    /** Whether both end at the same position, so that they are one. */
    boolean joins(Slice next) {
      return position == next.position && to != null && to.equals(next.from);
    }
  }

  /**
   * A file of events.
   *
   * @param path below the directory
   * @param type the events' name without its context
   * @param rows how many; 1 or more
   */
  record DataFile(String path, String type, long rows) {}

  /** How many events the files hold. */
  long rows() {
    return files.stream().mapToLong(DataFile::rows).sum();
  }

  /**
   * The same, to hold another time too.
   *
   * @param from earliest time; null for any
   * @param to time before which events are; null for any
   * @throws AnalysisException when that is less than what it holds
   */
  Manifest covering(Instant from, Instant to) {
    if (slices.isEmpty()) {
      return with(List.of(new Slice(from, to, 0, null)));
    }
    Instant first = slices.getFirst().from();
    Instant end = slices.getLast().to();
    boolean later = from != null && (first == null || from.isAfter(first));
    boolean sooner = to != null && (end == null || to.isBefore(end));
    if (later || sooner) {
      throw new AnalysisException(
          "the directory holds the events from "
              + (first == null ? "the beginning" : first)
              + " to "
              + (end == null ? "the end" : end)
              + ": ask for that or more, or take another directory");
    }
    List<Slice> wider = new ArrayList<>(slices);
    if (!Objects.equals(from, first)) {
      wider.addFirst(new Slice(from, first, 0, null));
    }
    if (!Objects.equals(to, end)) {
      wider.addLast(new Slice(end, to, 0, null));
    }
    return with(wider);
  }

  private Manifest with(List<Slice> newSlices) {
    return new Manifest(format, chunks, newSlices, files);
  }

  /** The same after a chunk was written. */
  Manifest advanced(int slice, Slice to, List<DataFile> written) {
    List<Slice> newSlices = new ArrayList<>(slices);
    newSlices.set(slice, to);
    List<DataFile> newFiles = new ArrayList<>(files);
    newFiles.addAll(written);
    return new Manifest(format, chunks + 1, newSlices, newFiles);
  }

  /** The same with slices that have got equally far made one. */
  Manifest joined() {
    List<Slice> joined = new ArrayList<>();
    for (Slice slice : slices) {
      if (!joined.isEmpty() && joined.getLast().joins(slice)) {
        Slice before = joined.removeLast();
        joined.add(new Slice(before.from(), slice.to(), slice.position(), slice.eventId()));
      } else {
        joined.add(slice);
      }
    }
    return with(joined);
  }

  /** How far the slice that is furthest behind has got. */
  long position() {
    return slices.stream()
        .min(Comparator.comparingLong(Slice::position))
        .map(Slice::position)
        .orElse(0L);
  }
}
