package dev.lastunit.bench.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GeneratedCatalogueTest {

  private static final int SIZE = 20_000;

  @TempDir Path directory;

  private final GeneratedCatalogue catalogue = new GeneratedCatalogue(SIZE, 7);

  @Test
  void isTheSameForASeedAndAnotherForAnotherSeed() throws IOException {
    String once = text(new GeneratedCatalogue(500, 7));

    assertThat(text(new GeneratedCatalogue(500, 7))).isEqualTo(once);
    assertThat(text(new GeneratedCatalogue(500, 8))).isNotEqualTo(once);
  }

  @Test
  void writesALineForEachProductAsImportsReadThem() throws IOException {
    List<JsonNode> lines =
        text(catalogue).lines().map(line -> JsonMapper.shared().readTree(line)).toList();

    assertThat(lines).hasSize(SIZE);
    assertThat(lines).extracting(line -> line.get("sku").asString()).doesNotHaveDuplicates();
    assertThat(lines)
        .allSatisfy(
            line -> {
              assertThat(line.get("name").asString()).isNotBlank();
              assertThat(line.at("/price/amount").asLong()).isPositive();
              assertThat(line.get("stock").size()).isBetween(1, 3);
              assertThat(line.at("/stock/0/quantity").asInt()).isNotNegative();
            });
  }

  @Test
  void compressesWhatItsNameSays() throws IOException {
    GeneratedCatalogue small = new GeneratedCatalogue(300, 7);
    Path file = directory.resolve("catalogue.ndjson.gz");

    small.write(file);

    try (GZIPInputStream plain = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(plain.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text(small));
    }
  }

  @Test
  void hasFewLargeCategoriesAndManySmallOnes() {
    List<Long> sizes = sizes(Item::category);

    assertThat(sizes).hasSizeGreaterThan(120);
    assertThat(sizes.getFirst()).isGreaterThan(20 * sizes.getLast());
    assertThat(sizes(Item::brand).getFirst()).isGreaterThan(SIZE / 100);
  }

  private List<Long> sizes(Function<Item, String> by) {
    Map<String, Long> counts =
        LongStream.range(0, SIZE)
            .mapToObj(catalogue::item)
            .collect(Collectors.groupingBy(by, Collectors.counting()));
    return counts.values().stream().sorted(Comparator.reverseOrder()).toList();
  }

  @Test
  void givesEachProductARankOfItsOwn() {
    Set<Long> ranks = new HashSet<>();
    for (long number = 0; number < SIZE; number++) {
      ranks.add(catalogue.demand().rank(number));
    }

    assertThat(ranks).hasSize(SIZE).allSatisfy(rank -> assertThat(rank).isBetween(0L, SIZE - 1L));
  }

  private static String text(GeneratedCatalogue catalogue) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    catalogue.write(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
