package dev.lastunit.catalogue.query.web;

import dev.lastunit.catalogue.query.CatalogueReads;
import dev.lastunit.catalogue.query.CatalogueReads.Facet;
import dev.lastunit.catalogue.query.CatalogueReads.ListProducts;
import dev.lastunit.catalogue.query.CatalogueReads.Products;
import dev.lastunit.catalogue.query.Category;
import dev.lastunit.catalogue.query.Facets;
import dev.lastunit.catalogue.query.ProductCard;
import dev.lastunit.catalogue.query.ProductFilter;
import dev.lastunit.catalogue.query.ProductPage;
import dev.lastunit.catalogue.query.ProductPages;
import dev.lastunit.catalogue.query.ProductSort;
import dev.lastunit.catalogue.query.ProductView;
import dev.lastunit.catalogue.query.Suggestion;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.query.web.ReadParameters;
import dev.lastunit.shared.query.web.Reads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Browsing: lists with search and facets, one product, the tree of categories. For anyone. */
@RestController
@Tag(name = "Catalogue")
class ProductQueryController {

  /** Caches ask each time and mostly get 304: what they show is never older than the answer. */
  private static final CacheControl ASK_EACH_TIME =
      CacheControl.maxAge(Duration.ZERO).cachePublic().mustRevalidate();

  private static final Map<String, ProductSort> SORTS =
      Map.of(
          "relevance", ProductSort.RELEVANCE,
          "price", ProductSort.PRICE,
          "-price", ProductSort.PRICE_DESCENDING,
          "newest", ProductSort.NEWEST,
          "name", ProductSort.NAME);

  private static final int LONGEST_TEXT = 200;
  private static final int LONGEST_VALUE = 1_000;
  private static final int MOST_VALUES = 20;

  private static final int MOST_SUGGESTIONS = 20;
  private static final int USUAL_SUGGESTIONS = 10;

  /** Counting the others costs more than most lists are worth. */
  private static final Set<Facet> USUAL_FACETS =
      Collections.unmodifiableSet(EnumSet.of(Facet.CATEGORY, Facet.BRAND, Facet.PRICE));

  private final CatalogueReads reads;
  private final ProductPages pages;

  ProductQueryController(CatalogueReads reads, ProductPages pages) {
    this.reads = reads;
    this.pages = pages;
  }

  /**
   * A list's page.
   *
   * @param facets left out when nothing was counted
   * @param next null on the last page
   */
  record ProductList(List<ProductCard> items, Facets facets, String next) {}

  /** What somebody may be about to type. */
  record Suggestions(List<Suggestion> items) {}

  /** The tree, its roots by name. */
  record CategoryTree(List<Category> items) {}

  @Operation(
      summary = "Lists products",
      description =
          "Words of q are searched in SKU, name, brand, category, attributes and description; of"
              + " the last word the beginning is enough, and typing mistakes are forgiven where no"
              + " product has a word, or none has all of them. Facets count what the text and all"
              + " filters but their own leave. A search that takes too long is given up and"
              + " answered with the problem query-too-slow.")
  @Parameter(name = "q", in = ParameterIn.QUERY, description = "Words, up to 200 characters")
  @Parameter(
      name = "category",
      in = ParameterIn.QUERY,
      description = "Path of a category: what is in it or below; may be repeated")
  @Parameter(name = "brand", in = ParameterIn.QUERY, description = "May be repeated")
  @Parameter(
      name = "minPrice",
      in = ParameterIn.QUERY,
      description = "In minor units, inclusive",
      schema = @Schema(type = "integer", minimum = "0"))
  @Parameter(
      name = "maxPrice",
      in = ParameterIn.QUERY,
      description = "In minor units, inclusive",
      schema = @Schema(type = "integer", minimum = "0"))
  @Parameter(
      name = "attribute",
      in = ParameterIn.QUERY,
      description =
          "name:value, such as colour:red; may be repeated: any of the values of one name, all of"
              + " the names")
  @Parameter(
      name = "inStock",
      in = ParameterIn.QUERY,
      description = "true: only what can be had; default false: everything",
      schema = @Schema(type = "boolean"))
  @Parameter(
      name = "sort",
      in = ParameterIn.QUERY,
      description = "Default relevance; without q the newest first",
      schema =
          @Schema(
              type = "string",
              allowableValues = {"relevance", "price", "-price", "newest", "name"}))
  @Parameter(
      name = "facets",
      in = ParameterIn.QUERY,
      description =
          "What to count: true, false, or some of category,brand,price,attributes,inStock. true"
              + " stands for the first three. Default: true on the first page, false with a cursor")
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      schema = @Schema(type = "integer", minimum = "1", maximum = "100", defaultValue = "20"))
  @Parameter(name = "cursor", in = ParameterIn.QUERY, description = "next of the page before")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until the catalogue has got so far")
  @GetMapping("/v1/products")
  Mono<ResponseEntity<ProductList>> list(ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    Optional<String> cursor = parameters.cursor();
    Optional<Long> minPrice = parameters.number("minPrice", 0, Long.MAX_VALUE);
    Optional<Long> maxPrice = parameters.number("maxPrice", 0, Long.MAX_VALUE);
    if (minPrice.isPresent() && maxPrice.isPresent() && minPrice.get() > maxPrice.get()) {
      parameters.refuse("minPrice", "must not be above maxPrice");
    }
    ListProducts wanted =
        new ListProducts(
            parameters.text("q", LONGEST_TEXT).orElse(null),
            new ProductFilter(
                parameters.texts("category", MOST_VALUES, LONGEST_VALUE),
                parameters.texts("brand", MOST_VALUES, LONGEST_VALUE),
                minPrice.orElse(null),
                maxPrice.orElse(null),
                attributes(parameters),
                parameters.flag("inStock")),
            parameters.choice("sort", SORTS).orElse(ProductSort.RELEVANCE),
            parameters.limit(),
            cursor.orElse(null),
            facets(parameters, cursor.isEmpty()));
    parameters.check();
    return reads.list(wanted, minPosition).map(found -> answer(request, found));
  }

  @Operation(
      summary = "Shows a product",
      description =
          "availability is out at 0 units, low up to 5, else in-stock. A page of which few units"
              + " are left holds every sale up to the request; others may be behind by"
              + " milliseconds. Send the ETag back in If-None-Match to get 304 while nothing has"
              + " changed.")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until the catalogue has got so far")
  @ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ProductView.class)))
  @GetMapping(path = "/v1/products/{sku}", produces = MediaType.APPLICATION_JSON_VALUE)
  Mono<ResponseEntity<byte[]>> show(@PathVariable("sku") String text, ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.check();
    return pages
        .find(Reads.sku(text, "product"), minPosition)
        .map(
            shown -> {
              ProductPage page = shown.page();
              if (page == null) {
                throw Problem.notFound("product");
              }
              return Reads.ok(shown.position())
                  .eTag(page.entityTag())
                  .header(HttpHeaders.CACHE_CONTROL, page.cacheControl())
                  .contentType(MediaType.APPLICATION_JSON)
                  .body(page.json());
            });
  }

  @Operation(
      summary = "Suggests what somebody is about to type",
      description =
          "Categories and brands that have the words of q, of the last one the beginning, then"
              + " names of products. Ask for it while somebody types; an empty q gets nothing.")
  @Parameter(
      name = "q",
      in = ParameterIn.QUERY,
      description = "What was typed, up to 200 characters")
  @Parameter(
      name = "limit",
      in = ParameterIn.QUERY,
      schema = @Schema(type = "integer", minimum = "1", maximum = "20", defaultValue = "10"))
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until the catalogue has got so far")
  @GetMapping("/v1/products/suggestions")
  Mono<ResponseEntity<Suggestions>> suggest(ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    String text = parameters.text("q", LONGEST_TEXT).orElse("");
    int limit =
        parameters
            .number("limit", 1, MOST_SUGGESTIONS)
            .map(Long::intValue)
            .orElse(USUAL_SUGGESTIONS);
    parameters.check();
    return reads
        .suggestions(text, limit, minPosition)
        .map(
            found ->
                Reads.ok(found.position())
                    .cacheControl(ASK_EACH_TIME)
                    .body(new Suggestions(found.value())));
  }

  @Operation(
      summary = "Shows the tree of categories",
      description = "Each with the number of listed products in it and below.")
  @Parameter(
      name = Reads.MIN_EVENT_POSITION,
      in = ParameterIn.HEADER,
      description = "Waits until the catalogue has got so far")
  @GetMapping("/v1/categories")
  Mono<ResponseEntity<CategoryTree>> categories(ServerHttpRequest request) {
    ReadParameters parameters = new ReadParameters(request);
    long minPosition = parameters.minPosition();
    parameters.check();
    return reads
        .categories(minPosition)
        .map(
            found ->
                Reads.ok(found.position())
                    .cacheControl(ASK_EACH_TIME)
                    .body(new CategoryTree(found.value())));
  }

  private static List<String> attributes(ReadParameters parameters) {
    List<String> pairs = parameters.texts("attribute", MOST_VALUES, LONGEST_VALUE);
    if (pairs.stream().anyMatch(pair -> pair.indexOf(':') < 1 || pair.endsWith(":"))) {
      parameters.refuse("attribute", "must be name:value");
      return List.of();
    }
    return pairs;
  }

  private static ResponseEntity<ProductList> answer(ServerHttpRequest request, Products found) {
    ProductList page = new ProductList(found.items(), found.facets(), found.next());
    return Reads.ok(found.position())
        .headers(headers -> Reads.link(headers, request, found.next()))
        .eTag(etag(found))
        .cacheControl(ASK_EACH_TIME)
        .body(page);
  }

  /** Weak: names what is shown and not the bytes that show it. */
  private static String etag(Products found) {
    StringBuilder shown = new StringBuilder();
    for (ProductCard card : found.items()) {
      shown.append(card.sku()).append(' ').append(card.changedPosition()).append(' ');
      shown.append(card.availability().available()).append('\n');
    }
    shown.append(found.next()).append('\n').append(found.facets());
    return "W/\"" + Fingerprint.of(shown.toString()) + "\"";
  }

  private static Set<Facet> facets(ReadParameters parameters, boolean firstPage) {
    Optional<String> text = parameters.text("facets", LONGEST_TEXT);
    if (text.isEmpty()) {
      return firstPage ? USUAL_FACETS : Collections.emptySet();
    }
    Set<Facet> result = EnumSet.noneOf(Facet.class);
    for (String word : text.get().toLowerCase(Locale.ROOT).split(",")) {
      switch (word.strip()) {
        case "true", "all" -> result.addAll(USUAL_FACETS);
        case "false", "none" -> {}
        case "category" -> result.add(Facet.CATEGORY);
        case "brand" -> result.add(Facet.BRAND);
        case "price" -> result.add(Facet.PRICE);
        case "attributes" -> result.add(Facet.ATTRIBUTES);
        case "instock" -> result.add(Facet.IN_STOCK);
        default ->
            parameters.refuse(
                "facets",
                "must be true, false, or some of category, brand, price, attributes, inStock");
      }
    }
    return result;
  }
}
