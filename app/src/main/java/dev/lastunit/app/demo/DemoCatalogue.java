package dev.lastunit.app.demo;

import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.inventory.api.StockCommand.RecordOpeningStock;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Sku;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.stereotype.Component;

/**
 * Lists some products with stock before the service says that it is ready. Started again it changes
 * nothing, as the commands are repeats then; what has been sold stays sold.
 */
@Component
@ConditionalOnBooleanProperty("lastunit.demo.load")
class DemoCatalogue implements ApplicationRunner {

  private static final Logger LOG = LoggerFactory.getLogger(DemoCatalogue.class);

  private static final LocationId LONDON = new LocationId("london");
  private static final LocationId LEEDS = new LocationId("leeds");

  private static final List<Article> ARTICLES =
      List.of(
          new Article("MUG-RED", "Red enamel mug", "Harbour", "kitchen/mugs", 850, 120, 40),
          new Article("MUG-BLUE", "Blue enamel mug", "Harbour", "kitchen/mugs", 850, 80, 0),
          new Article("BOWL-OAK", "Oak salad bowl", "Grove", "kitchen/bowls", 3495, 25, 10),
          new Article("TRAY-TIN", "Painted tin tray", "Harbour", "kitchen/trays", 1650, 60, 0),
          new Article("LAMP-DESK", "Brass desk lamp", "Lumen", "home/lighting", 7900, 14, 6),
          new Article("LAMP-FLOOR", "Paper floor lamp", "Lumen", "home/lighting", 5400, 9, 0),
          new Article("CANDLE-FIG", "Fig candle", "Grove", "home/candles", 1900, 200, 100),
          new Article("CANDLE-SEA", "Sea salt candle", "Grove", "home/candles", 1900, 150, 0),
          new Article("RUG-WOOL", "Striped wool rug", "Loom", "home/rugs", 12900, 5, 2),
          new Article("CUSHION-LINEN", "Linen cushion", "Loom", "home/cushions", 2600, 70, 30),
          new Article("CLOCK-WALL", "Station wall clock", "Lumen", "home/clocks", 4450, 18, 0),
          new Article(
              "PRINT-LAST", "Signed print, the last one", "Grove", "home/prints", 9900, 1, 0));

  private final Commands commands;

  DemoCatalogue(Commands commands) {
    this.commands = commands;
  }

  private record Article(
      String sku, String name, String brand, String category, long pence, int london, int leeds) {}

  @Override
  public void run(ApplicationArguments arguments) {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (Article article : ARTICLES) {
      Sku sku = new Sku(article.sku());
      sent.add(commands.send(new PutProduct(sku, details(article))));
      stock(sent, sku, LONDON, article.london());
      stock(sent, sku, LEEDS, article.leeds());
    }
    CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    LOG.info("The demonstration's catalogue has {} products", ARTICLES.size());
  }

  private static ProductDetails details(Article article) {
    return new ProductDetails(
        article.name(),
        article.name() + " by " + article.brand() + ".",
        article.brand(),
        article.category(),
        new Money(article.pence(), "GBP"),
        Map.of(),
        null);
  }

  private void stock(List<CompletableFuture<?>> sent, Sku sku, LocationId location, int units) {
    if (units > 0) {
      sent.add(commands.send(new RecordOpeningStock(sku, location, units)));
    }
  }
}
