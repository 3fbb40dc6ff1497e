package dev.lastunit.app.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The two ways to a product's page lead to the same page, and it is never older than it says. */
class ProductPagesIT {

  private static final Pattern PAGES_SERVED =
      Pattern.compile(
          "http_server_requests_seconds_count\\{[^}]*method=\"GET\"[^}]*status=\"200\","
              + "uri=\"/v1/products/\\{sku}\"} (\\d+)");

  @TempDir static Path directory;

  private static Shop shop;
  private static ShopClient operator;
  private static HttpClient anyone;

  @BeforeAll
  static void startShop() {
    shop = Shop.start(directory);
    operator = shop.operator();
    anyone = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stopShop() {
    anyone.close();
    shop.close();
  }

  private static HttpResponse<String> page(String sku, String... headers)
      throws IOException, InterruptedException {
    return get("/v1/products/" + sku, headers);
  }

  private static HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(shop.base() + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return anyone.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Map<String, List<String>> headers(HttpResponse<String> answer) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(answer.headers().map());
    return headers;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100})
  void theShortWayAnswersAsTheLongOneDoes(int units) throws Exception {
    String sku = "two-ways-" + units;
    long position = operator.offer(sku, 1999, units);
    // Read once, so that it is at hand.
    page(sku, "Min-Event-Position", Long.toString(position));

    HttpResponse<String> quick = page(sku);
    HttpResponse<String> slow = get("/v1/products/" + sku + "?long=way");
    assertThat(quick.statusCode()).isEqualTo(200);
    assertThat(quick.body()).isEqualTo(slow.body()).contains("\"available\":" + units);
    assertThat(headers(quick)).isEqualTo(headers(slow));

    String entityTag = quick.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> same = page(sku, "If-None-Match", entityTag);
    HttpResponse<String> sameSlow =
        get("/v1/products/" + sku + "?long=way", "If-None-Match", entityTag);
    assertThat(same.statusCode()).isEqualTo(304).isEqualTo(sameSlow.statusCode());
    assertThat(same.body()).isEmpty();
    assertThat(headers(same)).isEqualTo(headers(sameSlow));
    assertThat(page(sku, "If-None-Match", "\"other\", W/" + entityTag).statusCode()).isEqualTo(304);
  }

  @Test
  void whatIsSpecialTakesTheLongWay() throws Exception {
    operator.offer("special", 1999, 100);
    page("special", "Min-Event-Position", Long.toString(operator.seen()));

    assertThat(page("special", "Authorization", "Bearer nonsense").statusCode()).isEqualTo(401);
    assertThat(page("special", "Accept", "text/html").statusCode()).isEqualTo(406);
    assertThat(page("special", "Min-Event-Position", "much").statusCode()).isEqualTo(422);
    assertThat(page("spe%63ial").body()).isEqualTo(page("special").body());
    assertThat(page("no-such-thing").statusCode()).isEqualTo(404);
  }

  @Test
  void bothWaysAreCountedInOneMetric() throws Exception {
    operator.offer("counted", 1999, 100);
    page("counted", "Min-Event-Position", Long.toString(operator.seen()));
    long before = pagesServed();

    for (int i = 0; i < 5; i++) {
      assertThat(page("counted").statusCode()).isEqualTo(200);
      assertThat(get("/v1/products/counted?long=way").statusCode()).isEqualTo(200);
    }

    assertThat(pagesServed() - before).isEqualTo(10);
  }

  private static long pagesServed() throws Exception {
    Matcher line = PAGES_SERVED.matcher(get("/actuator/prometheus").body());
    assertThat(line.find()).as("one line of the metric").isTrue();
    long count = Long.parseLong(line.group(1));
    assertThat(line.find()).as("a second line of the metric").isFalse();
    return count;
  }

  @Test
  void aPageThatBuyersWatchIsNeverOlderThanItSaysAndEndsAtTheTruth() throws Exception {
    int units = 40;
    long offered = operator.offer("watched", 4999, units);
    // The units come with an event of their own: nobody is to begin before the model has it.
    page("watched", "Min-Event-Position", Long.toString(offered));
    ShopClient buyer = shop.customer("watched-buyer");
    AtomicBoolean bought = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> watchers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        watchers.add(
            threads.submit(
                () -> {
                  int last = units;
                  while (!bought.get()) {
                    int available = available(page("watched"));
                    // Nothing is given back here: who sees more than before sees the past.
                    assertThat(available).isLessThanOrEqualTo(last);
                    last = available;
                  }
                  return null;
                }));
      }
      for (int sold = 1; sold <= units; sold++) {
        long position =
            buyer
                .order("watched-" + sold, Map.of("watched", 1), "tok_ok", 30)
                .expect(201)
                .position();
        HttpResponse<String> own = page("watched", "Min-Event-Position", Long.toString(position));
        assertThat(available(own)).isEqualTo(units - sold);
        assertThat(Long.parseLong(own.headers().firstValue("Event-Position").orElseThrow()))
            .isGreaterThanOrEqualTo(position);
        if (units - sold <= 5) {
          assertThat(available(page("watched"))).isEqualTo(units - sold);
        }
      }
      bought.set(true);
      for (Future<?> watcher : watchers) {
        watcher.get();
      }
    }
    assertThat(available(page("watched"))).isZero();
  }

  private static int available(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode page = JsonMapper.shared().readTree(answer.body());
    return page.get("availability").get("available").asInt();
  }
}
