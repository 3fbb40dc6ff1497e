package dev.lastunit.catalogue.query.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastunit.catalogue.query.ProductSort;
import dev.lastunit.shared.api.Event;
import dev.lastunit.testing.MemoryEvents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How good the first ten answers are, over the names of a real shop and a set of judged queries:
 * the mean of nDCG@10, with gains of 2^grade - 1.
 */
class RelevanceTest {

  /** A change of the search that makes it worse than this is not accepted. */
  private static final double FLOOR = 0.87;

  private static final int FIRST = 10;

  private static final Path DATA =
      Path.of("..", "..", "shared", "data", "online-retail", "2010-12_2011-09.csv.gz");

  @TempDir Path directory;

  private record Judged(String query, List<Grade> grades) {

    int grade(String name) {
      return grades.stream()
          .filter(grade -> grade.pattern().matcher(name).find())
          .findFirst()
          .map(Grade::value)
          .orElse(0);
    }
  }

  private record Grade(int value, Pattern pattern) {}

  @Test
  void putsWhatWasMeantFirst() throws Exception {
    assumeTrue(Files.isReadable(DATA), "skipped: the real invoices are not beside this checkout");
    Map<String, String> names = names();
    try (TestIndex index = new TestIndex(directory, new MemoryEvents())) {
      index.record(
          names.entrySet().stream()
              .map(product -> TestIndex.added(product.getKey(), product.getValue()))
              .toArray(Event[]::new));
      index.deliverAndServe();
      double sum = 0;
      List<Judged> all = judged();
      for (Judged judged : all) {
        List<String> found =
            index.find(judged.query(), ProductSort.RELEVANCE, FIRST, null).skus().stream()
                .map(names::get)
                .toList();
        double quality = quality(judged, found, names.values());
        sum += quality;
        System.out.printf("%.3f  %s  %s%n", quality, judged.query(), quality < 0.95 ? found : "");
      }
      System.out.printf("mean nDCG@10 of %d queries: %.3f%n", all.size(), sum / all.size());
      assertThat(sum / all.size()).isGreaterThan(FLOOR);
    }
  }

  private static double quality(Judged judged, List<String> found, Iterable<String> names) {
    List<Integer> best = new ArrayList<>();
    names.forEach(name -> best.add(judged.grade(name)));
    best.sort(Comparator.reverseOrder());
    List<Integer> grades = found.stream().map(judged::grade).toList();
    double ideal = gain(best);
    assertThat(ideal).as(judged.query() + " has an answer").isPositive();
    return gain(grades) / ideal;
  }

  private static double gain(List<Integer> grades) {
    double sum = 0;
    for (int i = 0; i < Math.min(FIRST, grades.size()); i++) {
      sum += (Math.pow(2, grades.get(i)) - 1) / (Math.log(i + 2) / Math.log(2));
    }
    return sum;
  }

  private static List<Judged> judged() throws IOException {
    List<Judged> result = new ArrayList<>();
    try (InputStream in = RelevanceTest.class.getResourceAsStream("/search/judged-queries.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] parts = line.split(" = ", 2);
          List<Grade> grades = new ArrayList<>();
          for (String grade : parts[1].split("; ")) {
            grades.add(
                new Grade(
                    Integer.parseInt(grade.substring(0, 1)),
                    Pattern.compile(grade.substring(2), Pattern.CASE_INSENSITIVE)));
          }
          result.add(new Judged(parts[0].strip(), grades));
        }
      }
    }
    return result;
  }

  /** The first name of each stock code that has a price. */
  private static Map<String, String> names() throws IOException {
    Map<String, String> names = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(DATA)), StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<String> cells = cells(line);
        String name = cells.get(2).strip();
        if (!name.isEmpty() && Double.parseDouble(cells.get(5)) > 0) {
          names.putIfAbsent(cells.get(1), name);
        }
      }
    }
    return names;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (char letter : line.toCharArray()) {
      if (letter == '"') {
        quoted = !quoted;
      } else if (letter == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(letter);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
