package dev.lastunit.bench.shop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Imports products with their stock into the service. */
public final class CatalogueImport {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long POLL_MILLIS = 200;

  private CatalogueImport() {}

  /**
   * Returns when all are imported.
   *
   * @throws IOException when some were rejected
   */
  public static void run(Api api, List<Product> products) throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    products.forEach(product -> lines.append(line(product)).append('\n'));
    String operator = api.authorised("bench-operator", "operator", "warehouse");
    String type = "Content-Type: application/x-ndjson\r\n";
    String id =
        api.post("/v1/catalogue/imports", operator + type, lines.toString(), 202)
            .get("importId")
            .asString();
    JsonNode state;
    do {
      Thread.sleep(POLL_MILLIS);
      state = api.get("/v1/catalogue/imports/" + id, operator);
    } while (state.get("state").asString().equals("running"));
    if (state.get("accepted").asInt() != products.size()) {
      throw new IOException("The catalogue was not imported: " + state);
    }
  }

  /**
   * Returns when a file of so many products is imported, and read models have it.
   *
   * @param file NDJSON, compressed by gzip
   * @throws IOException when some were rejected
   */
  public static void run(Api api, Path file, long products)
      throws IOException, InterruptedException {
    String operator = api.authorised("bench-operator", "operator", "warehouse");
    String id =
        api.upload("/v1/catalogue/imports", operator, "application/x-ndjson", file)
            .get("importId")
            .asString();
    JsonNode state;
    do {
      Thread.sleep(POLL_MILLIS);
      state = api.get("/v1/catalogue/imports/" + id, operator);
    } while (state.get("state").asString().equals("running"));
    if (state.get("accepted").asLong() != products) {
      throw new IOException("The catalogue was not imported: " + state);
    }
    while (isBehind(api, operator)) {
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static boolean isBehind(Api api, String operator) throws IOException {
    for (JsonNode model : api.get("/v1/projections", operator)) {
      if (model.get("lag").asLong() > 0) {
        return true;
      }
    }
    return false;
  }

  private static String line(Product product) {
    return JSON.writeValueAsString(
        Map.of(
            "sku", product.sku(),
            "name", product.name(),
            "description", product.description(),
            "brand", product.brand(),
            "category", product.category(),
            "price", Map.of("amount", product.pence(), "currency", "GBP"),
            "stock", List.of(Map.of("location", "main", "quantity", Catalogue.UNITS))));
  }
}
