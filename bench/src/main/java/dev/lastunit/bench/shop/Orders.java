package dev.lastunit.bench.shop;

import dev.lastunit.bench.load.Connection;
import dev.lastunit.bench.load.Reply;
import dev.lastunit.bench.load.Target;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/**
 * Places paid orders, each with a key of its own. An order counts when the answer says that it is
 * confirmed.
 */
final class Orders implements Target {

  private static final String ADDRESS =
      ",\"shippingAddress\":{\"name\":\"B\",\"line1\":\"1 Road\",\"city\":\"London\","
          + "\"postalCode\":\"N1 9GU\",\"country\":\"GB\"},";

  private final Address address;
  private final String headers;
  private final String workload;
  private final Ledger ledger;
  private final LongFunction<String> items;
  private final String run = UUID.randomUUID().toString();

  /**
   * Orders for one step.
   *
   * @param authorisation headers of the buyer
   * @param items of an order by its number, as by {@link #items}
   */
  Orders(
      Address address,
      String authorisation,
      String workload,
      Ledger ledger,
      LongFunction<String> items) {
    this.address = address;
    this.headers = authorisation + "Content-Type: application/json\r\nPrefer: wait=30\r\n";
    this.workload = workload;
    this.ledger = ledger;
    this.items = items;
  }

  /** The JSON of an order's items. */
  static String items(Map<String, Integer> units) {
    return units.entrySet().stream()
        .map(unit -> item(unit.getKey(), unit.getValue()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** The JSON of an order, paid with a token of the simulator. */
  static String body(String items, String token) {
    return "{\"items\":"
        + items
        + ADDRESS
        + "\"payment\":{\"method\":\"card\",\"token\":\""
        + token
        + "\"}}";
  }

  static String item(String sku, int quantity) {
    return "{\"sku\":\"" + sku + "\",\"quantity\":" + quantity + "}";
  }

  @Override
  public Client connect() throws IOException {
    return new Buyer(new Connection(address.host(), address.port()));
  }

  private final class Buyer implements Client {
    private final Connection connection;

    Buyer(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Reply send(long number) throws IOException {
      Connection.Answer answer;
      try {
        answer =
            connection.send(
                "POST",
                "/v1/orders",
                headers + "Idempotency-Key: " + run + "-" + number + "\r\n",
                body(items.apply(number), "tok_ok"));
      } catch (IOException e) {
        ledger.addUnanswered(workload);
        throw e;
      }
      boolean confirmed =
          answer.status() == 201 && answer.body().contains("\"status\":\"confirmed\"");
      Reply reply = Reply.of(answer.status(), confirmed);
      ledger.add(workload, reply);
      return reply;
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }
}
