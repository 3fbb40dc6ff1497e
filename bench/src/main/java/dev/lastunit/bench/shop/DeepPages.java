package dev.lastunit.bench.shop;

import dev.lastunit.bench.report.Check;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Turns the pages of a list one by one: is the 500th as fast as the first? */
public final class DeepPages {

  private static final int PAGES = 500;
  private static final int SOME = 25;

  /** The last pages may take so many times as long as the first ones. */
  private static final double ALLOWED = 2;

  private DeepPages() {}

  /**
   * Turns them twice, the first time to warm up. Blocks.
   *
   * @param query of the list, with its sort
   */
  public static Check run(Api api, String query) throws IOException {
    turn(api, query);
    double[] millis = turn(api, query);
    double first = median(Arrays.copyOfRange(millis, 1, Math.min(SOME + 1, millis.length)));
    double last =
        median(Arrays.copyOfRange(millis, Math.max(0, millis.length - SOME), millis.length));
    return new Check(
        "deep-pages",
        last <= ALLOWED * first + 1,
        String.format(
            Locale.ROOT,
            "%s: median of pages 2 to %d %.2f ms, of the last %d of %d pages %.2f ms",
            query,
            SOME + 1,
            first,
            SOME,
            millis.length,
            last));
  }

  private static double[] turn(Api api, String query) throws IOException {
    double[] millis = new double[PAGES];
    String cursor = "";
    for (int page = 0; page < PAGES; page++) {
      long start = System.nanoTime();
      JsonNode answer =
          api.get(
              "/v1/products?limit=20&facets=false&" + query + cursor,
              "Accept: application/json\r\n");
      millis[page] = (System.nanoTime() - start) / 1e6;
      if (!answer.hasNonNull("next")) {
        return Arrays.copyOf(millis, page + 1);
      }
      cursor =
          "&cursor=" + URLEncoder.encode(answer.get("next").asString(), StandardCharsets.UTF_8);
    }
    return millis;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
