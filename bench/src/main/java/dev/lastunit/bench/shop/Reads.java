package dev.lastunit.bench.shop;

import dev.lastunit.bench.load.Connection;
import dev.lastunit.bench.load.Reply;
import dev.lastunit.bench.load.Target;
import java.io.IOException;
import java.util.function.LongFunction;

/** Reads pages. */
record Reads(Address address, LongFunction<String> path) implements Target {

  @Override
  public Client connect() throws IOException {
    Connection connection = new Connection(address.host(), address.port());
    return new Client() {
      @Override
      public Reply send(long number) throws IOException {
        int status =
            connection
                .send("GET", path.apply(number), "Accept: application/json\r\n", null)
                .status();
        return Reply.of(status, status == 200);
      }

      @Override
      public void close() throws IOException {
        connection.close();
      }
    };
  }
}
