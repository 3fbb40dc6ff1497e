package dev.lastunit.bench.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Invoices of a real shop, from a CSV with the columns InvoiceNo, StockCode, Description, Quantity,
 * InvoiceDate, UnitPrice, which may be compressed by gzip.
 *
 * @param products the first usable line of each SKU
 * @param orders units by SKU for each invoice all of whose SKUs are usable
 */
public record Invoices(List<Product> products, List<Map<String, Integer>> orders) {

  private static final int SKU = 1;
  private static final int NAME = 2;
  private static final int QUANTITY = 3;
  private static final int PRICE = 5;

  /** Reads all of the file. */
  public static Invoices read(Path file) throws IOException {
    Map<String, Product> products = new LinkedHashMap<>();
    Map<String, Map<String, Integer>> orders = new LinkedHashMap<>();
    try (InputStream raw = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        List<String> row = cells(line);
        String sku = row.get(SKU).strip();
        BigDecimal pence = new BigDecimal(row.get(PRICE)).movePointRight(2).stripTrailingZeros();
        String name = row.get(NAME).strip();
        if (!name.isEmpty()
            && pence.signum() > 0
            && pence.scale() <= 0
            && sku.matches("[A-Za-z0-9].*")) {
          products.putIfAbsent(
              sku, new Product(sku, name, name, "Real", "real", pence.longValueExact()));
        }
        orders
            .computeIfAbsent(row.getFirst(), invoice -> new LinkedHashMap<>())
            .merge(sku, Integer.parseInt(row.get(QUANTITY)), Integer::sum);
      }
    }
    return new Invoices(
        List.copyOf(products.values()),
        orders.values().stream()
            .filter(
                units ->
                    products.keySet().containsAll(units.keySet())
                        && units.values().stream().allMatch(quantity -> quantity > 0))
            .toList());
  }

  /** The cells of one line; quoted cells may hold commas and doubled quotes. */
  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
