package dev.lastunit.bench.measure;

import dev.lastunit.bench.load.Connection;
import java.io.IOException;

/**
 * The service that is measured.
 *
 * @param pid of its process
 */
public record Service(long pid, String host, int port) {

  /** Its metrics in Prometheus' text format. Blocks. */
  String metrics() throws IOException {
    try (Connection connection = new Connection(host, port)) {
      Connection.Answer answer =
          connection.send("GET", "/actuator/prometheus", "Accept: text/plain\r\n", null);
      if (answer.status() != 200) {
        throw new IOException("/actuator/prometheus answered " + answer.status());
      }
      return answer.body();
    }
  }
}
