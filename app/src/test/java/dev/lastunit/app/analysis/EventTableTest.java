package dev.lastunit.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.analysis.EventTable.Column;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventTypes;
import dev.lastunit.shared.api.Money;
import dev.lastunit.shared.api.PersonalData;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventTableTest {

  /** What people are called, where they are, and what opens their purses. */
  private static final Pattern ABOUT_PERSONS =
      Pattern.compile(
          "(?i)(e?mail|phone|.*address.*|line[0-9]|street|city|post(al)?code|.*token|.*secret"
              + "|.*password|firstName|lastName|recipient|birth.*|fingerprint|iban|card.*)");

  static List<String> everyType() {
    return List.copyOf(EventTypes.names());
  }

  private static Map<String, String> columns(EventTable table) {
    return table.columns().stream().collect(Collectors.toMap(Column::name, Column::type));
  }

  @ParameterizedTest
  @MethodSource("everyType")
  void everyEventHasATable(String type) {
    EventTable table = EventTable.all().get(type);

    assertThat(table.name()).isEqualTo(EventTypes.classOf(type).getSimpleName());
    assertThat(table.columns().stream().map(column -> column.name().toLowerCase()))
        .as("DuckDB does not tell upper from lower case")
        .doesNotHaveDuplicates();
    assertThat(columns(table))
        .containsEntry("position", "BIGINT")
        .containsEntry("at", "TIMESTAMPTZ")
        .containsEntry("stream", "VARCHAR")
        .containsEntry("sequence", "BIGINT")
        .containsEntry("revision", "VARCHAR")
        .containsEntry("metadata", "JSON");
  }

  /** Whoever adds an event says what of it is personal. */
  @ParameterizedTest
  @MethodSource("everyType")
  void whatIsAboutPersonsIsMarked(String type) {
    for (RecordComponent component : EventTypes.classOf(type).getRecordComponents()) {
      check(type, component);
    }
  }

  private static void check(String path, RecordComponent component) {
    String name = path + "." + component.getName();
    boolean marked = component.isAnnotationPresent(PersonalData.class);
    for (Class<?> inside : recordsIn(component.getGenericType())) {
      if (!marked) {
        for (RecordComponent below : inside.getRecordComponents()) {
          check(name, below);
        }
      }
    }
    if (component.getType().equals(String.class)
        && ABOUT_PERSONS.matcher(component.getName()).matches()) {
      assertThat(marked).as(name + " needs @PersonalData").isTrue();
    }
  }

  private static List<Class<?>> recordsIn(Type type) {
    if (type instanceof ParameterizedType generic) {
      return Arrays.stream(generic.getActualTypeArguments())
          .flatMap(argument -> recordsIn(argument).stream())
          .toList();
    }
    return type instanceof Class<?> plain && plain.isRecord() ? List.of(plain) : List.of();
  }

  @Test
  void typesOrders() {
    assertThat(columns(EventTable.all().get("ordering.OrderPlaced")))
        .containsEntry("orderId", "VARCHAR")
        .containsEntry("total_amount", "BIGINT")
        .containsEntry("total_currency", "VARCHAR")
        .containsEntry(
            "lines",
            "STRUCT(\"sku\" VARCHAR, \"name\" VARCHAR, \"quantity\" INTEGER,"
                + " \"unitPrice\" STRUCT(\"amount\" BIGINT, \"currency\" VARCHAR))[]")
        .containsEntry("shippingAddress", "STRUCT(\"country\" VARCHAR)")
        .containsEntry("payment", "STRUCT(\"method\" VARCHAR)")
        .doesNotContainKey("fingerprint");
    assertThat(columns(EventTable.all().get("payment.PaymentCaptured")))
        .containsEntry("amount", "BIGINT")
        .containsEntry("currency", "VARCHAR");
  }

  enum Word {
    YES
  }

  record OnlyPersonal(@PersonalData String name) {}

  record Tomorrow(
      long at,
      String type,
      Money fee,
      Word word,
      Optional<Instant> maybe,
      Set<Money> amounts,
      Map<String, Integer> counts,
      Map<String, List<String>> odd,
      Object any,
      boolean flag,
      Duration time,
      LocalDate date,
      OnlyPersonal person,
      List<OnlyPersonal> people)
      implements Event {}

  @Test
  void typesAnEventThatNobodyHasThoughtOf() {
    EventTable table = EventTable.of(Tomorrow.class, "x.Tomorrow");

    assertThat(columns(table))
        .containsEntry("at", "TIMESTAMPTZ")
        .containsEntry("payload_at", "BIGINT")
        .containsEntry("payload_type", "VARCHAR")
        .containsEntry("fee_amount", "BIGINT")
        .containsEntry("fee_currency", "VARCHAR")
        .containsEntry("word", "VARCHAR")
        .containsEntry("maybe", "TIMESTAMPTZ")
        .containsEntry("amounts", "STRUCT(\"amount\" BIGINT, \"currency\" VARCHAR)[]")
        .containsEntry("counts", "MAP(VARCHAR, INTEGER)")
        .containsEntry("odd", "JSON")
        .containsEntry("any", "JSON")
        .containsEntry("flag", "BOOLEAN")
        .containsEntry("time", "VARCHAR")
        .containsEntry("date", "DATE")
        .doesNotContainKeys("person", "people");
  }
}
