package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.command.web.ImportOptions.Format;
import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.command.web.CallerCommands;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Imports of whole catalogues: taken in as a stream, worked off in the background. */
@RestController
@RequestMapping("/v1/catalogue/imports")
@Tag(name = "Catalogue imports", description = "Whole files of products")
class ImportController {

  private static final String NDJSON = "application/x-ndjson";
  private static final String CSV = "text/csv";

  /** How often a watched import is looked at. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final Imports imports;
  private final String defaultCurrency;

  /**
   * @param defaultCurrency of prices in CSV files that name none
   */
  ImportController(
      Imports imports,
      @Value("${lastunit.catalogue.default-currency:GBP}") String defaultCurrency) {
    if (!ProductForm.isCurrency(defaultCurrency)) {
      throw new IllegalArgumentException(
          "lastunit.catalogue.default-currency must be an ISO 4217 code, not " + defaultCurrency);
    }
    this.imports = imports;
    this.defaultCurrency = defaultCurrency;
  }

  /** What was promised. */
  record Accepted(String importId) {}

  @PostMapping(consumes = {NDJSON, CSV})
  @Operation(
      summary = "Import a file of products",
      description =
          "A stream of any length, also with Content-Encoding: gzip. 202 once the file is safe; the"
              + " Location tells how far the import has got. A file that is sent again while its"
              + " import has not ended is answered with that import. See docs/import.md for the"
              + " formats.")
  Mono<ResponseEntity<Accepted>> accept(
      @Parameter(hidden = true) Caller caller, ServerHttpRequest request) {
    var type = request.getHeaders().getContentType();
    if (type == null) {
      throw new Problem(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type is required");
    }
    if (type.getCharset() != null && !type.getCharset().equals(StandardCharsets.UTF_8)) {
      throw new Problem(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Files must be in UTF-8");
    }
    var options =
        ImportOptions.of(
            type.isCompatibleWith(MediaType.parseMediaType(CSV)) ? Format.CSV : Format.NDJSON,
            isGzip(request.getHeaders()),
            request.getQueryParams(),
            defaultCurrency);
    return imports
        .accept(caller, options, request.getBody())
        .map(
            importId ->
                ResponseEntity.accepted()
                    .location(URI.create("/v1/catalogue/imports/" + importId))
                    .body(new Accepted(importId)));
  }

  @GetMapping("/{importId}")
  @Operation(
      summary = "How far an import has got",
      description =
          "The first 1,000 rejections are told with their reasons, all are counted. Progress, rate"
              + " and expected end are told while the import runs.")
  Mono<ResponseEntity<ImportView>> find(@PathVariable String importId) {
    return imports
        .find(importId)
        .map(
            view -> {
              var answer = ResponseEntity.ok();
              if (view.position() > 0) {
                answer.header(CallerCommands.EVENT_POSITION, Long.toString(view.position()));
              }
              return answer.body(view);
            })
        .switchIfEmpty(Mono.error(() -> Problem.notFound("import")));
  }

  @GetMapping(path = "/{importId}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @Operation(
      summary = "Watch an import",
      description =
          "An event progress whenever something has changed, with rate and expected end; ends with"
              + " the import.")
  Flux<ServerSentEvent<ImportView>> watch(@PathVariable String importId) {
    return imports
        .find(importId)
        .switchIfEmpty(Mono.error(() -> Problem.notFound("import")))
        .flatMapMany(first -> events(importId));
  }

  private Flux<ServerSentEvent<ImportView>> events(String importId) {
    return Flux.interval(Duration.ZERO, LOOK)
        .onBackpressureDrop()
        .concatMap(tick -> imports.find(importId), 1)
        .distinctUntilChanged()
        .takeUntil(ImportView::ended)
        .map(view -> ServerSentEvent.builder(view).event("progress").build())
        .publish(events -> events.mergeWith(heartbeats().takeUntilOther(events.then())));
  }

  private static Flux<ServerSentEvent<ImportView>> heartbeats() {
    return Flux.interval(HEARTBEAT)
        .onBackpressureDrop()
        .map(tick -> ServerSentEvent.<ImportView>builder().comment("").build());
  }

  private static boolean isGzip(HttpHeaders headers) {
    var encodings = headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING);
    return switch (encodings.size()) {
      case 0 -> false;
      case 1 ->
          switch (encodings.getFirst().strip().toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> true;
            case "identity" -> false;
            default -> throw unsupportedEncoding();
          };
      default -> throw unsupportedEncoding();
    };
  }

  private static Problem unsupportedEncoding() {
    return new Problem(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding must be gzip");
  }
}
