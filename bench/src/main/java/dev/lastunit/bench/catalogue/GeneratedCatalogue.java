package dev.lastunit.bench.catalogue;

import dev.lastunit.bench.catalogue.Departments.Department;
import dev.lastunit.bench.catalogue.Departments.Shelf;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A catalogue of any size, the same in every run for a seed: products in a tree of categories of
 * which few are large and many small, a few thousand brands likewise, prices spread around what a
 * kind of thing costs, and first stock by demand. Each product is made from its number alone, so
 * that any of them can be had without the others, and none is kept. Safe for all threads.
 */
public final class GeneratedCatalogue {

  private static final int BRANDS = 4_000;
  private static final double SKEW = 0.9;

  /** Spread of the logarithm of a price around what a kind of thing costs. */
  private static final double PRICE_SPREAD = 0.6;

  private static final List<String> LOCATIONS = List.of("main", "north", "harbour");
  private static final int[] ENDINGS = {99, 99, 99, 95, 50, 49, 0};
  private static final int BUFFER_BYTES = 1 << 16;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .rootValueSeparator("")
          .build();

  private static final Zipf DEPARTMENTS = new Zipf(Departments.ALL.size(), SKEW);
  private static final Zipf COLOURS = new Zipf(Departments.COLOURS.size(), SKEW);
  private static final Zipf MATERIALS = new Zipf(Departments.MATERIALS.size(), SKEW);
  private static final Zipf MANNERS = new Zipf(Departments.MANNERS.size(), SKEW);
  private static final Zipf BRAND_RANKS = new Zipf(BRANDS, SKEW);

  private final long size;
  private final long seed;
  private final Demand demand;

  /**
   * @param size number of products, at least 1
   */
  public GeneratedCatalogue(long size, long seed) {
    if (size < 1) {
      throw new IllegalArgumentException("A catalogue has at least one product");
    }
    this.size = size;
    this.seed = seed;
    this.demand = new Demand(size, seed);
  }

  /** How many products it has. */
  public long size() {
    return size;
  }

  /** Who wants what of it. */
  public Demand demand() {
    return demand;
  }

  /** A SKU by its number, from 0. */
  public static String sku(long number) {
    return String.format(Locale.ROOT, "B%06d", number);
  }

  /** Two words that some products have: what it is like, and what it is. */
  public static String words(SplittableRandom random) {
    String like =
        random.nextInt(2) == 0
            ? pick(Departments.MANNERS, MANNERS, random)
            : pick(Departments.COLOURS, COLOURS, random);
    Department department = pick(Departments.ALL, DEPARTMENTS, random);
    return like + " " + skewed(skewed(department.shelves(), random).things(), random);
  }

  /**
   * A product.
   *
   * @param number from 0 up to the size
   */
  public Item item(long number) {
    SplittableRandom random = new SplittableRandom(Mix.of(seed, number));
    Department department = pick(Departments.ALL, DEPARTMENTS, random);
    Shelf shelf = skewed(department.shelves(), random);
    String thing = skewed(shelf.things(), random);
    String colour = pick(Departments.COLOURS, COLOURS, random);
    String material = pick(Departments.MATERIALS, MATERIALS, random);
    String manner = pick(Departments.MANNERS, MANNERS, random);
    String model = capital(syllables(random.nextLong(), 2));
    String brand = brand(BRAND_RANKS.draw(random));
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("colour", colour);
    attributes.put("material", material);
    if (!department.sizes().isEmpty()) {
      attributes.put("size", skewed(department.sizes(), random));
    }
    if (random.nextInt(4) == 0) {
      attributes.put("pack", Integer.toString(2 + random.nextInt(11)));
    }
    attributes.put("weight", (50 + random.nextInt(200) * 25) + " g");
    String name = capital(manner) + " " + colour + " " + material + " " + thing + " " + model;
    return new Item(
        sku(number),
        name,
        description(manner, thing, material, brand, random),
        brand,
        department.name() + "/" + shelf.name() + "/" + thing,
        pence(department, random),
        attributes,
        random.nextInt(10) == 0
            ? null
            : "https://images.example.com/" + sku(number).toLowerCase(Locale.ROOT) + ".jpg",
        stock(number, random));
  }

  private static String description(
      String manner, String thing, String material, String brand, SplittableRandom random) {
    StringBuilder text = new StringBuilder(200);
    text.append("A ").append(manner).append(' ').append(thing).append(" of ").append(material);
    text.append(" by ").append(brand).append('.');
    for (int sentences = random.nextInt(3); sentences >= 0; sentences--) {
      text.append(' ').append(Departments.PRAISE.get(random.nextInt(Departments.PRAISE.size())));
    }
    return text.toString();
  }

  private static long pence(Department department, SplittableRandom random) {
    double price = department.typicalPence() * Math.exp(PRICE_SPREAD * random.nextGaussian());
    long pounds = Math.clamp(Math.round(price / 100), 1, 9_999);
    return pounds * 100 - 100 + ENDINGS[random.nextInt(ENDINGS.length)] + (pounds == 1 ? 1 : 0);
  }

  /** What is wanted often lies in larger heaps and in more places; some of the rest is sold out. */
  private Map<String, Integer> stock(long number, SplittableRandom random) {
    long rank = demand.rank(number);
    int typical = (int) Math.max(3, 20_000 / Math.sqrt(rank + 1.0));
    Map<String, Integer> stock = new LinkedHashMap<>();
    int places = rank < size / 50 ? 3 : random.nextInt(5) == 0 ? 2 : 1;
    for (int i = 0; i < places; i++) {
      stock.put(LOCATIONS.get(i), random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(2 * typical));
    }
    return stock;
  }

  private String brand(long rank) {
    return capital(syllables(Mix.of(seed, -1 - rank), 2 + (int) (rank % 2)));
  }

  private static String syllables(long bits, int count) {
    StringBuilder word = new StringBuilder();
    long left = bits >>> 1;
    for (int i = 0; i < count; i++) {
      word.append(Departments.SYLLABLES.get((int) (left % Departments.SYLLABLES.size())));
      left /= Departments.SYLLABLES.size();
    }
    return word.toString();
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static <T> T pick(List<T> list, Zipf ranks, SplittableRandom random) {
    return list.get((int) ranks.draw(random));
  }

  /** The first of a short list most often: the least of two draws. */
  private static <T> T skewed(List<T> list, SplittableRandom random) {
    return list.get(Math.min(random.nextInt(list.size()), random.nextInt(list.size())));
  }

  /**
   * Writes all of it as NDJSON, in the format of imports, one line after the other; compressed when
   * the file's name ends with {@code .gz}. Blocks.
   */
  public void write(Path file) throws IOException {
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream out =
            file.toString().endsWith(".gz")
                ? new FastGzip(plain)
                : new BufferedOutputStream(plain, BUFFER_BYTES)) {
      write(out);
    }
  }

  /** Writes all of it as NDJSON and leaves the stream open. Blocks. */
  public void write(OutputStream out) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      for (long number = 0; number < size; number++) {
        write(json, item(number));
        json.writeRaw('\n');
      }
    }
  }

  private static void write(JsonGenerator json, Item item) {
    json.writeStartObject();
    json.writeStringProperty("sku", item.sku());
    json.writeStringProperty("name", item.name());
    json.writeStringProperty("description", item.description());
    json.writeStringProperty("brand", item.brand());
    json.writeStringProperty("category", item.category());
    json.writeObjectPropertyStart("price");
    json.writeNumberProperty("amount", item.pence());
    json.writeStringProperty("currency", "GBP");
    json.writeEndObject();
    json.writeObjectPropertyStart("attributes");
    item.attributes().forEach(json::writeStringProperty);
    json.writeEndObject();
    if (item.imageUrl() != null) {
      json.writeStringProperty("imageUrl", item.imageUrl());
    }
    json.writeArrayPropertyStart("stock");
    item.stock()
        .forEach(
            (location, quantity) -> {
              json.writeStartObject();
              json.writeStringProperty("location", location);
              json.writeNumberProperty("quantity", quantity);
              json.writeEndObject();
            });
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Generating is bound by compression; the fastest level costs a tenth more of space. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(new BufferedOutputStream(out, BUFFER_BYTES), BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
