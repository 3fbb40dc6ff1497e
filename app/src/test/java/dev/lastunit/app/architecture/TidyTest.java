package dev.lastunit.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Small things that reviews forget, over the source tree. */
class TidyTest {

  private static final Path ROOT = root();

  /** What a programmer leaves for later, put together so that this file does not find itself. */
  private static final Pattern LEFT_FOR_LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");

  private static final Pattern PRINTS =
      Pattern.compile("System\\s*\\.\\s*(out|err)|printStackTrace\\(\\)");

  /** The console is what these are for. */
  private static final List<String> MAY_PRINT =
      List.of(
          "app/src/main/java/dev/lastunit/app/cli/",
          "app/src/main/java/dev/lastunit/app/startup/",
          "bench/src/main/java/dev/lastunit/bench/");

  private static final Map<Path, String> FILES = new TreeMap<>();

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("mvnw"))) {
      here = here.getParent();
    }
    return here;
  }

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> paths = Files.walk(ROOT)) {
      for (Path path : paths.filter(TidyTest::isSource).toList()) {
        FILES.put(ROOT.relativize(path), Files.readString(path));
      }
    }
    assertThat(FILES).hasSizeGreaterThan(100);
  }

  private static boolean isSource(Path path) {
    String relative = ROOT.relativize(path).toString();
    return Files.isRegularFile(path)
        && relative.matches(".*\\.(java|md|sql|xml|yml|properties)")
        && !relative.matches("(.*/)?(target|data|\\.git|node_modules)/.*");
  }

  @Test
  void everyPackageSaysWhatItHolds() {
    List<Path> silent = new ArrayList<>();
    FILES.keySet().stream()
        .filter(path -> path.toString().matches("[^/]+/src/main/java/.*\\.java"))
        .map(Path::getParent)
        .distinct()
        .filter(folder -> !said(FILES.get(folder.resolve("package-info.java"))))
        .forEach(silent::add);
    assertThat(silent).isEmpty();
  }

  private static boolean said(String packageInfo) {
    return packageInfo != null && packageInfo.contains("/**");
  }

  @Test
  void nothingIsLeftForLater() {
    assertThat(found(LEFT_FOR_LATER, path -> true)).isEmpty();
  }

  @Test
  void nothingIsPrintedBesideTheLog() {
    assertThat(
            found(
                PRINTS,
                path ->
                    path.matches("[^/]+/src/main/.*\\.java")
                        && MAY_PRINT.stream().noneMatch(path::startsWith)))
        .isEmpty();
  }

  private static List<String> found(Pattern pattern, Predicate<String> where) {
    List<String> found = new ArrayList<>();
    FILES.forEach(
        (path, text) -> {
          if (where.test(path.toString())) {
            int[] line = {0};
            text.lines()
                .forEach(
                    each -> {
                      line[0]++;
                      if (pattern.matcher(each).find()) {
                        found.add(path + ":" + line[0]);
                      }
                    });
          }
        });
    return found;
  }

  @Test
  void everyDocumentHasOneTitle() {
    Map<Path, Long> titles = new TreeMap<>();
    FILES.forEach(
        (path, text) -> {
          if (path.toString().endsWith(".md")) {
            // Comments in shell examples begin as titles do.
            long count =
                text.replaceAll("(?s)```.*?```", "")
                    .lines()
                    .filter(line -> line.startsWith("# "))
                    .count();
            if (count != 1) {
              titles.put(path, count);
            }
          }
        });
    assertThat(titles).isEmpty();
  }

  @Test
  void everyDecisionHasANumberOfItsOwnWhichItsTitleRepeats() {
    Map<Integer, Path> numbers = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    FILES.forEach(
        (path, text) -> {
          String name = path.toString();
          if (name.matches("docs/adr/\\d{4}-[a-z0-9-]+\\.md")) {
            int number = Integer.parseInt(name.substring(9, 13));
            if (numbers.put(number, path) != null) {
              wrong.add(name + " has a number that is taken");
            }
            if (!text.startsWith("# " + number + ". ")) {
              wrong.add(name + " has another number in its title");
            }
          } else if (name.matches("docs/adr/.*") && !name.equals("docs/adr/README.md")) {
            wrong.add(name + " is not named as a decision");
          }
        });
    assertThat(numbers).isNotEmpty();
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyDecisionThatARuleRefersToIsThere() {
    Pattern reference = Pattern.compile("\\bADR[- ](\\d{4})\\b");
    List<String> missing = new ArrayList<>();
    FILES.forEach(
        (path, text) -> {
          var matcher = reference.matcher(text);
          while (matcher.find()) {
            String start = "docs/adr/" + matcher.group(1) + "-";
            if (FILES.keySet().stream().noneMatch(file -> file.toString().startsWith(start))) {
              missing.add(path + " refers to ADR " + matcher.group(1));
            }
          }
        });
    assertThat(missing).isEmpty();
  }

  /** The test of the tests: each search finds what it is for. */
  @Test
  void theSearchesFind() {
    assertThat(LEFT_FOR_LATER.matcher("// TO" + "DO later").find()).isTrue();
    assertThat(PRINTS.matcher("System.out.println(x)").find()).isTrue();
    assertThat(PRINTS.matcher("System.err.print(x)").find()).isTrue();
    assertThat(PRINTS.matcher("e.printStackTrace()").find()).isTrue();
    assertThat(said(null)).isFalse();
    assertThat(said("package a;")).isFalse();
  }
}
