package dev.lastunit.bench.load;

import java.io.IOException;

/** What load is put on. */
public interface Target {

  /** A connection to it, used by one thread. */
  interface Client extends AutoCloseable {

    /**
     * Sends a request and waits for its answer.
     *
     * @param number of the request, from 0, each given once in a run
     * @throws IOException the connection is of no more use, the outcome is not known
     */
    Reply send(long number) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Connects. Called by any thread. */
  Client connect() throws IOException;
}
