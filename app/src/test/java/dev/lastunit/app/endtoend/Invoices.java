package dev.lastunit.app.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

/**
 * Invoices as a shop's CSV holds them, read and computed here without any of the product's code, so
 * that the product's answers can be compared with them.
 *
 * @param file the CSV, uncompressed, as it is to be imported
 * @param catalogue what the import must make of it: the first usable line of each SKU
 * @param orders units by SKU for each invoice whose SKUs are all in the catalogue
 */
record Invoices(Path file, Map<String, Offer> catalogue, Map<String, Map<String, Integer>> orders) {

  /** A SKU's name and price in pence. */
  record Offer(String name, long pence) {}

  private static final String HEADER =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

  /** The real data, where a checkout has it beside the project. */
  static Optional<Path> realData() {
    Path data = Path.of("..", "..", "shared", "data", "online-retail", "2010-12_2011-09.csv.gz");
    return Files.isReadable(data) ? Optional.of(data) : Optional.empty();
  }

  static Invoices unpack(Path compressed, Path target) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
      Files.copy(in, target);
    }
    return read(target);
  }

  /**
   * Some hundred SKUs and invoices of our own making, with the dirt of real data; the same for the
   * same seed.
   */
  static Invoices generate(long seed, Path target) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> lines = new ArrayList<>();
    lines.add(HEADER);
    for (int invoice = 0; invoice < 300; invoice++) {
      int size = invoice == 17 ? 400 : 1 + random.nextInt(12);
      for (int line = 0; line < size; line++) {
        int sku = invoice == 17 ? line : (int) (600 * Math.pow(random.nextDouble(), 3));
        boolean noName = random.nextInt(40) == 0;
        boolean noPrice = random.nextInt(50) == 0;
        lines.add(
            String.join(
                ",",
                "G" + (10_000 + invoice),
                "SKU" + sku,
                noName ? "" : sku % 7 == 0 ? "\"THING, NO. " + sku + "\"" : "THING " + sku,
                Integer.toString(1 + random.nextInt(6)),
                "2011-01-01 10:00:00",
                noPrice ? "0.0" : (1 + sku % 40) + "." + (10 + sku % 90),
                "",
                "United Kingdom"));
      }
    }
    Files.write(target, lines);
    return read(target);
  }

  private static Invoices read(Path file) throws IOException {
    Map<String, Offer> catalogue = new LinkedHashMap<>();
    List<String[]> rows = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] row = cells(line);
        rows.add(row);
        BigDecimal price = new BigDecimal(row[5]);
        boolean pence = price.stripTrailingZeros().scale() <= 2;
        if (!row[2].isBlank() && price.signum() > 0 && pence && row[1].matches("[A-Za-z0-9].*")) {
          catalogue.putIfAbsent(
              row[1].strip(), new Offer(row[2].strip(), price.movePointRight(2).longValueExact()));
        }
      }
    }
    Map<String, Map<String, Integer>> orders = new LinkedHashMap<>();
    for (String[] row : rows) {
      orders
          .computeIfAbsent(row[0], invoice -> new LinkedHashMap<>())
          .merge(row[1].strip(), Integer.parseInt(row[3]), Integer::sum);
    }
    orders
        .values()
        .removeIf(
            units ->
                !catalogue.keySet().containsAll(units.keySet())
                    || units.values().stream().anyMatch(quantity -> quantity <= 0));
    return new Invoices(file, catalogue, orders);
  }

  /** The cells of one CSV line; quoted cells may hold commas and doubled quotes. */
  private static String[] cells(String line) {
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
    return cells.toArray(String[]::new);
  }

  /** The first so many invoices, and the longest of all. */
  List<Map.Entry<String, Map<String, Integer>>> some(int count) {
    List<Map.Entry<String, Map<String, Integer>>> chosen =
        new ArrayList<>(orders.entrySet().stream().limit(count - 1L).toList());
    orders.entrySet().stream()
        .max(Comparator.comparingInt(order -> order.getValue().size()))
        .filter(longest -> !chosen.contains(longest))
        .ifPresent(chosen::add);
    return chosen;
  }

  long totalPence(Map<String, Integer> units) {
    return units.entrySet().stream()
        .mapToLong(unit -> catalogue.get(unit.getKey()).pence() * unit.getValue())
        .sum();
  }
}
