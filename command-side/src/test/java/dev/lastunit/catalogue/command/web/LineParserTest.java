package dev.lastunit.catalogue.command.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.catalogue.command.web.ImportLine.Opening;
import dev.lastunit.catalogue.command.web.ImportOptions.Format;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import dev.lastunit.shared.api.Sku;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a line says, and the reason when it says nothing. */
class LineParserTest {

  private static final String RETAIL =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

  // NDJSON

  @Test
  void readsAProductWithStock() throws RejectedLineException {
    var line =
        ndjson(
            """
            {"sku":"L1","name":"Lamp","description":"d","brand":"b","category":"c/d",\
            "price":{"amount":1999,"currency":"EUR"},"attributes":{"colour":"red"},\
            "imageUrl":"https://example.org/a.png",\
            "stock":[{"location":"hull","quantity":5},{"location":"york","quantity":0}]}\
            """);

    assertThat(line)
        .isEqualTo(
            new ImportLine(
                new Sku("L1"),
                new ProductDetails(
                    "Lamp",
                    "d",
                    "b",
                    "c/d",
                    new Money(1999, "EUR"),
                    Map.of("colour", "red"),
                    "https://example.org/a.png"),
                List.of(
                    new Opening(new LocationId("hull"), 5),
                    new Opening(new LocationId("york"), 0))));
  }

  @Test
  void readsAProductThatCostsNothing() throws RejectedLineException {
    var line =
        ndjson("{\"sku\":\"L1\",\"name\":\"L\",\"price\":{\"amount\":0,\"currency\":\"EUR\"}}");

    assertThat(line.details().price()).isEqualTo(new Money(0, "EUR"));
    assertThat(line.opening()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                        | is not valid JSON at column 2
          nonsense                                 | is not valid JSON at column 1
          null                                     | is not a JSON object
          []                                       | is not a JSON object of a product
          {"sku":"L1"} {}                          | is not a JSON object of a product
          {"sku":"L1","sku":"L2"}                  | is not valid JSON at column 18
          {"sku":"L1","prise":1}                   | prise is not known or has the wrong type
          {"price":{"amount":1.5}}                 | price.amount is not known or has the wrong type
          {"price":{"amount":"1"}}                 | price.amount is not known or has the wrong type
          {"stock":[{"quantity":1.5}]}             | stock[0].quantity is not known or has the wrong type
          """)
  void tellsWhatIsNotAProduct(String text, String reason) {
    assertThatThrownBy(() -> ndjson(text))
        .isInstanceOf(RejectedLineException.class)
        .hasMessage(reason);
  }

  @Test
  void tellsEverythingThatIsWrongWithALine() {
    assertThatThrownBy(
            () ->
                ndjson(
                    """
                    {"sku":"-","name":" ","price":{"amount":-1,"currency":"EUR"},\
                    "stock":[{"location":"hull","quantity":-1},{"location":"hull","quantity":1},\
                    {"quantity":1},null]}\
                    """))
        .hasMessageStartingWith("sku must have 1 to 64 letters")
        .hasMessageContaining("; name must not be empty; price.amount must be 0 or more")
        .hasMessageContaining("; stock[0].quantity must be 0 or more")
        .hasMessageContaining("; stock[1].location is there more than once")
        .hasMessageContaining("; stock[2].location must have 1 to 100 characters")
        .hasMessageEndingWith("; stock[3] must be an object");
  }

  @Test
  void refusesWhatIsNotUtf8() {
    var bytes = "{\"sku\":\"L1\",\"name\":\"Café\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> new NdjsonLineParser().parse(bytes))
        .isInstanceOf(RejectedLineException.class)
        .hasMessage("is not valid UTF-8");
  }

  // CSV

  @Test
  void readsTheColumnsOfARetailersExport() throws RejectedLineException {
    var line =
        csv(
            RETAIL,
            "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER ,6,2010-12-01 08:26:00,2.55,17850.0,"
                + "United Kingdom");

    assertThat(line.sku()).isEqualTo(new Sku("85123A"));
    assertThat(line.details())
        .isEqualTo(
            new ProductDetails(
                "WHITE HANGING HEART T-LIGHT HOLDER",
                "",
                "",
                "",
                new Money(255, "GBP"),
                Map.of(),
                null));
    assertThat(line.opening()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1,85123A,,6,2010-12-01,2.55,1,UK        | name must not be empty
          1,85123A,Heart,6,2010-12-01,0.0,1,UK    | price is 0: there is no price
          1,85123A,Heart,6,2010-12-01,-2.55,1,UK  | price must not be negative
          1,85123A,Heart,6,2010-12-01,2.555,1,UK  | price has more than 2 decimal digits
          1,85123A,Heart,6,2010-12-01,2.550,1,UK  | price has more than 2 decimal digits
          1,85123A,Heart,6,2010-12-01,'2,55',1,UK | has 9 values, the header has 8
          1,85123A,Heart,6,2010-12-01,1e3,1,UK    | price must be a decimal such as 2.55
          1,85123A,Heart,6,2010-12-01,£2.55,1,UK  | price must be a decimal such as 2.55
          1,85123A,Heart,6,2010-12-01,,1,UK       | price is missing
          1,85123A,Heart,6,2010-12-01,2.55,1      | has 7 values, the header has 8
          1,85123A,"Heart,6,2010-12-01,2.55,1,UK  | is not valid CSV: look at its quotes
          1,85123A,"He"art,6,2010-12-01,2.55,1,UK | is not valid CSV: look at its quotes
          """,
      quoteCharacter = '~')
  void tellsWhatIsWrongWithARetailersRow(String row, String reason) {
    assertThatThrownBy(() -> csv(RETAIL, row.replace("'", "")))
        .isInstanceOf(RejectedLineException.class)
        .hasMessage(reason);
  }

  @Test
  void readsQuotedValues() throws RejectedLineException {
    var line = csv("sku,name,price", "L1,\"5\"\" lamp, \nred\",1");

    assertThat(line.details().name()).isEqualTo("5\" lamp, \nred");
    assertThat(line.details().price()).isEqualTo(new Money(100, "GBP"));
  }

  @Test
  void readsPricesInTheDigitsOfTheirCurrency() throws RejectedLineException {
    assertThat(csv("sku,name,price,currency", "L1,L,500,JPY").details().price())
        .isEqualTo(new Money(500, "JPY"));
    assertThat(csv("sku,name,price,currency", "L1,L,1.5,BHD").details().price())
        .isEqualTo(new Money(1500, "BHD"));
    assertThat(csv("sku,name,price,currency", "L1,L,1.5,").details().price())
        .isEqualTo(new Money(150, "GBP"));
    assertThat(csv("sku,name,price", "L1,L,99999999999999.99").details().price())
        .isEqualTo(new Money(9_999_999_999_999_999L, "GBP"));
    assertThatThrownBy(() -> csv("sku,name,price,currency", "L1,L,500.5,JPY"))
        .hasMessage("price has more than 0 decimal digits");
    assertThatThrownBy(() -> csv("sku,name,price,currency", "L1,L,1,ABC"))
        .hasMessage("currency must be an ISO 4217 code such as GBP");
  }

  @Test
  void readsEverything() throws RejectedLineException {
    var line =
        csv(
            "SKU,Title,Description,Manufacturer,Category,image_url,Unit Price,"
                + "attribute.Colour,Attribute.Size,stock.hull,Stock.york,other",
            "L1,Lamp,Gives light,Lux,home/lighting,https://example.org/a.png,2.5,red,,5,0,x");

    assertThat(line.details())
        .isEqualTo(
            new ProductDetails(
                "Lamp",
                "Gives light",
                "Lux",
                "home/lighting",
                new Money(250, "GBP"),
                Map.of("Colour", "red"),
                "https://example.org/a.png"));
    assertThat(line.opening())
        .containsExactlyInAnyOrder(
            new Opening(new LocationId("hull"), 5), new Opening(new LocationId("york"), 0));
  }

  @Test
  void readsStockWithItsLocation() throws RejectedLineException {
    assertThat(csv("sku,name,price,stock,location", "L1,L,1,7,hull").opening())
        .containsExactly(new Opening(new LocationId("hull"), 7));
    assertThat(csv("sku,name,price,stock,location", "L1,L,1,,").opening()).isEmpty();
    assertThat(csv("sku,name,price,stock", "L1,L,1,7", "location", "york").opening())
        .containsExactly(new Opening(new LocationId("york"), 7));
    assertThat(csv("sku,name,price,stock,location", "L1,L,1,7,", "location", "york").opening())
        .containsExactly(new Opening(new LocationId("york"), 7));
    assertThatThrownBy(() -> csv("sku,name,price,stock,location", "L1,L,1,7,"))
        .hasMessage("location must have 1 to 100 characters");
    assertThatThrownBy(() -> csv("sku,name,price,stock,location", "L1,L,1,1.5,hull"))
        .hasMessage("stock must be whole units, 0 to 2147483647");
    assertThatThrownBy(() -> csv("sku,name,price,stock,location", "L1,L,1,2147483648,hull"))
        .hasMessage("stock must be whole units, 0 to 2147483647");
    assertThatThrownBy(() -> csv("sku,name,price,stock.hull,stock,location", "L1,L,1,1,1,hull"))
        .hasMessage("location has stock more than once");
  }

  @Test
  void takesTheColumnsThatTheClientNames() throws RejectedLineException {
    var line =
        csv(
            "sku,name,price,EAN,Nom,Prix,Couleur,Lille",
            "x,x,x,L1,Lampe,2.5,rouge,7",
            "map.sku",
            "EAN",
            "map.name",
            "nom",
            "map.price",
            "Prix",
            "map.attribute.colour",
            "Couleur",
            "map.stock.lille",
            "Lille",
            "currency",
            "EUR");

    assertThat(line)
        .isEqualTo(
            new ImportLine(
                new Sku("L1"),
                new ProductDetails(
                    "Lampe", "", "", "", new Money(250, "EUR"), Map.of("colour", "rouge"), null),
                List.of(new Opening(new LocationId("lille"), 7))));
  }

  @Test
  void keepsTheDescriptionWhereThereIsAName() throws RejectedLineException {
    var line = csv("sku,name,description,price", "L1,Lamp,Gives light,1");

    assertThat(line.details().name()).isEqualTo("Lamp");
    assertThat(line.details().description()).isEqualTo("Gives light");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a,b,c                        | has no column for sku; say which it is with map.sku=<column>
          sku,name                     | has no column for price; say which it is with map.price=<column>
          sku,SKU,name,price           | has several columns for sku
          sku,name,price,stock         | has stock but no location; add a column or say location=<name>
          sku,name,price,stock.a,Stock.a | has several columns Stock.a
          """)
  void tellsWhatTheHeaderLacks(String header, String message) {
    var problem = catchThrowableOfType(Problem.class, () -> columns(header, Map.of()));

    assertThat(problem.violations()).first().isEqualTo(new Violation("header", message));
  }

  @Test
  void tellsThatANamedColumnIsNotThere() {
    var problem =
        catchThrowableOfType(
            Problem.class, () -> columns("sku,name,price", Map.of("map.brand", "Marke")));

    assertThat(problem.violations())
        .containsExactly(new Violation("map.brand", "names a column that the file has not"));
  }

  @Test
  void tellsWhichParametersAreNotKnown() {
    var problem =
        catchThrowableOfType(
            Problem.class,
            () -> options(Format.CSV, Map.of("map.colour", "Couleur", "curency", "EUR")));
    assertThat(problem.violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("map.colour", "curency");

    var other =
        catchThrowableOfType(
            Problem.class, () -> options(Format.NDJSON, Map.of("currency", "EUR")));
    assertThat(other.violations())
        .containsExactly(new Violation("currency", "applies to text/csv only"));
  }

  private static ImportLine ndjson(String text) throws RejectedLineException {
    return new NdjsonLineParser().parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ImportLine csv(String header, String row, String... query)
      throws RejectedLineException {
    var parameters = new HashMap<String, String>();
    for (int i = 0; i < query.length; i += 2) {
      parameters.put(query[i], query[i + 1]);
    }
    return new CsvLineParser(columns(header, parameters), options(Format.CSV, parameters))
        .parse(row.getBytes(StandardCharsets.UTF_8));
  }

  private static CsvColumns columns(String header, Map<String, String> query) {
    return CsvColumns.of(Arrays.asList(header.split(",")), options(Format.CSV, query));
  }

  private static ImportOptions options(Format format, Map<String, String> query) {
    var parameters = new HashMap<String, List<String>>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    return ImportOptions.of(format, false, parameters, "GBP");
  }
}
