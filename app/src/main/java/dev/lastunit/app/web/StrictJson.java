package dev.lastunit.app.web;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * How JSON of clients is read: what is not understood is refused and never guessed at. A client
 * that writes {@code quantitiy}, or sends {@code "6"} or {@code 6.5} for a quantity, learns so at
 * once and not by an order that is not what it meant.
 *
 * <p>For requests only. Stored events and other services' answers are read leniently, as they may
 * have been written by a newer version.
 */
public final class StrictJson {

  /** Deepest nesting of objects and arrays that is read. The contract's deepest body has 5. */
  public static final int MAX_DEPTH = 64;

  /** Longest single string, in characters: the largest body holds no longer one. */
  private static final int MAX_STRING = BodyLimitFilter.MAX_BYTES;

  /** Longest number, in characters; a longer one is no amount, and parsing costs its square. */
  private static final int MAX_NUMBER = 100;

  private StrictJson() {}

  /** A builder whose input limits are set; Spring Boot's customizers may be applied to it. */
  static JsonMapper.Builder builder() {
    return JsonMapper.builder(
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .maxNumberLength(MAX_NUMBER)
                    .build())
            .build());
  }

  /** Sets everything that makes the reading strict. Idempotent; overrules what was set before. */
  static JsonMapper.Builder strict(JsonMapper.Builder builder) {
    return builder
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .enable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .addModule(
            new SimpleModule("lastunit-strict-times")
                .addDeserializer(Instant.class, new Iso<>(Instant.class, Instant::parse))
                .addDeserializer(Duration.class, new Iso<>(Duration.class, Duration::parse)))
        .withCoercionConfig(
            LogicalType.Textual,
            coercion ->
                coercion
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
  }

  /** The mapper as it is used by default; thread-safe. */
  public static JsonMapper mapper() {
    return strict(builder()).build();
  }

  /**
   * Reads times from ISO 8601 text only. Jackson's own readers also take numbers, of seconds or of
   * milliseconds as it may be.
   */
  private static final class Iso<T> extends StdDeserializer<T> {

    private final Function<String, T> parser;

    Iso(Class<T> type, Function<String, T> parser) {
      super(type);
      this.parser = parser;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) {
      if (!json.hasToken(JsonToken.VALUE_STRING)) {
        throw mismatch(json);
      }
      try {
        return parser.apply(json.getString());
      } catch (DateTimeException | ArithmeticException e) {
        throw mismatch(json);
      }
    }

    private MismatchedInputException mismatch(JsonParser json) {
      return MismatchedInputException.from(json, handledType(), "Not in ISO 8601");
    }
  }
}
