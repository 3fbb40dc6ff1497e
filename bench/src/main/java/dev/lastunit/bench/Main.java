package dev.lastunit.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prepares a shop over HTTP and loads it. Usage: {@code Main HOST PORT SECONDS WORKLOAD
 * CLIENTS...}, where the workload is {@code prepare}, {@code orders} (2 lines, many SKUs), {@code
 * hot} (1 line, one SKU), {@code product} or {@code search}.
 */
public final class Main {

  /** SKUs of the catalogue. */
  static final int PRODUCTS = 10_000;

  /** Units of each SKU; more than any run can sell. */
  private static final int UNITS = 10_000_000;

  private static final int WARM_UP_SECONDS = 5;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final List<String> ADJECTIVES =
      List.of(
          "red", "blue", "wooden", "small", "large", "vintage", "modern", "silver", "paper",
          "glass", "cotton", "round", "square", "floral", "plain", "striped");

  private static final List<String> NOUNS =
      List.of(
          "mug", "lantern", "clock", "cushion", "basket", "candle", "frame", "bowl", "lamp",
          "plate", "bag", "box", "card", "mirror", "vase", "tray");

  private final String host;
  private final int port;

  private Main(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /**
   * Runs one workload for each number of clients and prints a row for each.
   *
   * @param arguments as the class says
   */
  public static void main(String[] arguments) throws Exception {
    Main bench = new Main(arguments[0], Integer.parseInt(arguments[1]));
    int seconds = Integer.parseInt(arguments[2]);
    String workload = arguments[3];
    if (workload.equals("prepare")) {
      bench.prepare();
      return;
    }
    for (int i = 4; i < arguments.length; i++) {
      int clients = Integer.parseInt(arguments[i]);
      Load.Outcome outcome =
          Load.run(
              bench.host, bench.port, clients, WARM_UP_SECONDS, seconds, bench.workload(workload));
      System.out.println(outcome.row(workload));
    }
  }

  private Load.Request workload(String name) throws IOException {
    return switch (name) {
      case "orders" -> orders(false);
      case "hot" -> orders(true);
      case "product" -> product();
      case "search" -> search();
      default -> throw new IllegalArgumentException("No workload has the name " + name);
    };
  }

  private Load.Request orders(boolean hot) throws IOException {
    String headers = authorised(token("bench-buyer", "customer"));
    String run = UUID.randomUUID().toString();
    return (connection, client, number) -> {
      SplittableRandom random = new SplittableRandom(31L * client + number * 1_000_003L);
      String items =
          hot
              ? item(0)
              : item(1 + random.nextInt(PRODUCTS / 2 - 1))
                  + ","
                  + item(PRODUCTS / 2 + random.nextInt(PRODUCTS / 2));
      String body =
          "{\"items\":["
              + items
              + "],\"shippingAddress\":{\"name\":\"B\",\"line1\":\"1 Road\",\"city\":\"London\","
              + "\"postalCode\":\"N1 9GU\",\"country\":\"GB\"},"
              + "\"payment\":{\"method\":\"card\",\"token\":\"tok_ok\"}}";
      String key = run + "-" + client + "-" + number;
      return connection
          .send(
              "POST",
              "/v1/orders",
              headers + "Idempotency-Key: " + key + "\r\nPrefer: wait=30\r\n",
              body)
          .status();
    };
  }

  private static String item(int product) {
    return "{\"sku\":\"" + sku(product) + "\",\"quantity\":1}";
  }

  private static String sku(int product) {
    return String.format(Locale.ROOT, "B%06d", product);
  }

  private Load.Request product() {
    return (connection, client, number) -> {
      SplittableRandom random = new SplittableRandom(client * 7_919L + number);
      return connection
          .send("GET", "/v1/products/" + sku(zipf(random)), "Accept: application/json\r\n", null)
          .status();
    };
  }

  /** Skewed as demand is: about a third of the requests go to a hundredth of the products. */
  private static int zipf(SplittableRandom random) {
    return (int) (PRODUCTS * Math.pow(random.nextDouble(), 4));
  }

  private Load.Request search() {
    return (connection, client, number) -> {
      SplittableRandom random = new SplittableRandom(client * 104_729L + number);
      String words =
          ADJECTIVES.get(random.nextInt(ADJECTIVES.size()))
              + "%20"
              + NOUNS.get(random.nextInt(NOUNS.size()));
      return connection
          .send(
              "GET",
              "/v1/products?q=" + words + "&facets=category,brand,price&limit=24",
              "Accept: application/json\r\n",
              null)
          .status();
    };
  }

  private void prepare() throws Exception {
    String operator = authorised(token("bench-operator", "operator", "warehouse"));
    StringBuilder lines = new StringBuilder();
    SplittableRandom random = new SplittableRandom(20261124);
    for (int i = 0; i < PRODUCTS; i++) {
      String name =
          ADJECTIVES.get(random.nextInt(ADJECTIVES.size()))
              + " "
              + ADJECTIVES.get(random.nextInt(ADJECTIVES.size()))
              + " "
              + NOUNS.get(random.nextInt(NOUNS.size()));
      lines
          .append("{\"sku\":\"")
          .append(sku(i))
          .append("\",\"name\":\"")
          .append(name)
          .append("\",\"description\":\"A ")
          .append(name)
          .append(" for every home\",\"brand\":\"Brand ")
          .append(i % 40)
          .append("\",\"category\":\"home/")
          .append(NOUNS.get(i % NOUNS.size()))
          .append("\",\"price\":{\"amount\":")
          .append(100 + random.nextInt(9_900))
          .append(",\"currency\":\"GBP\"},\"stock\":[{\"location\":\"main\",\"quantity\":")
          .append(UNITS)
          .append("}]}\n");
    }
    try (Connection connection = new Connection(host, port)) {
      String headers =
          operator.replace("Content-Type: application/json", "Content-Type: application/x-ndjson");
      Connection.Answer answer =
          connection.send("POST", "/v1/catalogue/imports", headers, lines.toString());
      require(answer, 202);
      String id = JSON.readTree(answer.body()).get("importId").asString();
      JsonNode state;
      do {
        Thread.sleep(500);
        answer = connection.send("GET", "/v1/catalogue/imports/" + id, operator, null);
        require(answer, 200);
        state = JSON.readTree(answer.body());
      } while (state.get("state").asString().equals("running"));
      System.out.println("Prepared: " + state);
    }
  }

  private String token(String subject, String... roles) throws IOException {
    try (Connection connection = new Connection(host, port)) {
      Connection.Answer answer =
          connection.send(
              "POST",
              "/v1/dev/tokens",
              "Content-Type: application/json\r\n",
              JSON.writeValueAsString(Map.of("subject", subject, "roles", List.of(roles))));
      require(answer, 201);
      return JSON.readTree(answer.body()).get("token").asString();
    }
  }

  private static String authorised(String token) {
    return "Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\n";
  }

  private static void require(Connection.Answer answer, int status) {
    if (answer.status() != status) {
      throw new IllegalStateException("Expected " + status + ", got " + answer);
    }
  }
}
