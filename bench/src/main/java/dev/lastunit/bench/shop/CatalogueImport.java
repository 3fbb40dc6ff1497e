package dev.lastunit.bench.shop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An import of products with their stock into the service. Blocks. */
public final class CatalogueImport {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TYPE = "application/x-ndjson";
  private static final String PATH = "/v1/catalogue/imports";
  private static final long POLL_MILLIS = 200;

  private final Api api;
  private final String operator;
  private final String id;

  private CatalogueImport(Api api, String operator, JsonNode accepted) {
    this.api = api;
    this.operator = operator;
    this.id = accepted.get("importId").asString();
  }

  /**
   * Sends a file; the service has it when this returns.
   *
   * @param file NDJSON, compressed by gzip
   */
  public static CatalogueImport begin(Api api, Path file) throws IOException, InterruptedException {
    String operator = operator(api);
    return new CatalogueImport(api, operator, api.upload(PATH, operator, TYPE, file));
  }

  private static String operator(Api api) throws IOException {
    return api.authorised("bench-operator", "operator", "warehouse");
  }

  /** How far it is, as the service tells it. */
  public JsonNode state() throws IOException {
    return api.get(PATH + "/" + id, operator);
  }

  /**
   * Returns when all are imported.
   *
   * @throws IOException when some were rejected
   */
  public static void run(Api api, List<Product> products) throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    products.forEach(product -> lines.append(line(product)).append('\n'));
    String operator = operator(api);
    JsonNode accepted =
        api.post(PATH, operator + "Content-Type: " + TYPE + "\r\n", lines.toString(), 202);
    new CatalogueImport(api, operator, accepted).await(products.size());
  }

  private void await(long products) throws IOException, InterruptedException {
    JsonNode state;
    do {
      Thread.sleep(POLL_MILLIS);
      state = state();
    } while (state.get("state").asString().equals("running"));
    if (state.get("accepted").asLong() != products) {
      throw new IOException("The catalogue was not imported: " + state);
    }
  }

  /** Returns when every read model has all that was recorded. */
  public static void awaitModels(Api api) throws IOException, InterruptedException {
    String operator = operator(api);
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
