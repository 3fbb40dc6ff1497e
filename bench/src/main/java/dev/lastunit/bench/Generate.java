package dev.lastunit.bench;

import dev.lastunit.bench.catalogue.GeneratedCatalogue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a catalogue to a file for imports.
 *
 * @param file compressed when its name ends with {@code .gz}
 */
record Generate(long products, long seed, Path file) {

  static final String COMMAND = "--generate";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException what is wrong with it, in words
   */
  static Generate parse(List<String> arguments) {
    Map<String, String> given = new LinkedHashMap<>();
    given.put(COMMAND, "");
    given.put("--seed", "1");
    given.put("--out", "");
    Options.fill(given, arguments);
    if (given.get("--out").isEmpty()) {
      throw new IllegalArgumentException(COMMAND + " needs --out FILE");
    }
    long products = Long.parseLong(given.get(COMMAND));
    if (products < 1) {
      throw new IllegalArgumentException(COMMAND + " needs at least one product");
    }
    return new Generate(products, Long.parseLong(given.get("--seed")), Path.of(given.get("--out")));
  }

  void run() throws IOException {
    new GeneratedCatalogue(products, seed).write(file);
  }
}
