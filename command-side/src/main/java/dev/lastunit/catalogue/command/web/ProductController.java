package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.api.ProductCommand.DelistProduct;
import dev.lastunit.catalogue.api.ProductCommand.PutOutcome;
import dev.lastunit.catalogue.api.ProductCommand.PutProduct;
import dev.lastunit.catalogue.api.ProductDetails;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.command.web.CallerCommands;
import dev.lastunit.shared.command.web.Violations;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/** Puts and delists single products. */
@RestController
@RequestMapping("/v1/products/{sku}")
@Tag(name = "Catalogue", description = "Products and what is said about them")
class ProductController {

  private final Commands commands;

  ProductController(Commands commands) {
    this.commands = commands;
  }

  /** A product as it was put. */
  record PutAnswer(
      String sku,
      String name,
      String description,
      String brand,
      String category,
      Money price,
      Map<String, String> attributes,
      String imageUrl) {

    static PutAnswer of(Sku sku, ProductDetails details) {
      return new PutAnswer(
          sku.value(),
          details.name(),
          details.description(),
          details.brand(),
          details.category(),
          details.price(),
          new TreeMap<>(details.attributes()),
          details.imageUrl());
    }
  }

  @PutMapping
  @Operation(
      summary = "Put a product",
      description =
          "201 when it was not listed, else 200. Putting the same details again changes nothing.")
  Mono<ResponseEntity<PutAnswer>> put(
      @Parameter(hidden = true) Caller caller,
      @PathVariable String sku,
      @RequestBody ProductBody body) {
    var violations = new Violations();
    ProductForm.sku(sku, violations);
    var details = ProductForm.details(body, violations);
    violations.orThrow();
    var command = new PutProduct(new Sku(sku), details);
    return CallerCommands.send(commands, caller, command)
        .map(
            done -> {
              var answer = PutAnswer.of(command.sku(), details);
              return done.value() == PutOutcome.ADDED
                  ? done.on(
                          ResponseEntity.created(
                              UriComponentsBuilder.fromPath("/v1/products/{sku}")
                                  .encode()
                                  .build(sku)))
                      .body(answer)
                  : done.on(ResponseEntity.ok()).body(answer);
            });
  }

  @DeleteMapping
  @Operation(
      summary = "Delist a product",
      description = "204, also when it is delisted already; its history stays.")
  Mono<ResponseEntity<Void>> delist(
      @Parameter(hidden = true) Caller caller, @PathVariable String sku) {
    if (!Sku.isValid(sku)) {
      throw Problem.notFound("product");
    }
    return CallerCommands.send(commands, caller, new DelistProduct(new Sku(sku)))
        .map(done -> done.on(ResponseEntity.status(HttpStatus.NO_CONTENT)).build());
  }
}
