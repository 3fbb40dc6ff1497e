package dev.lastunit.catalogue.query.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;

/**
 * The index as it was at a position. Whoever reads it holds it until it has been closed; what an
 * index replaces by a newer one stays as long as somebody does. Thread-safe.
 */
final class Snapshot implements AutoCloseable {

  private final DirectoryReader reader;

  private Snapshot(DirectoryReader reader) {
    this.reader = reader;
  }

  /**
   * Holds a reader.
   *
   * @return null when it has been let go meanwhile
   */
  static Snapshot hold(DirectoryReader reader) {
    return reader != null && reader.tryIncRef() ? new Snapshot(reader) : null;
  }

  /** A searcher for one request, which ends when its time is over. */
  IndexSearcher searcher(Deadline deadline) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new WordScores());
    searcher.setTimeout(deadline);
    return searcher;
  }

  @Override
  public void close() {
    try {
      reader.decRef();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
