package dev.lastunit.shared.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.ordering.api.OrderEvent.OrderPlaced;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTypesTest {

  @Test
  void namesAreContextAndEvent() {
    assertThat(EventTypes.nameOf(OrderPlaced.class)).isEqualTo("ordering.OrderPlaced");
    assertThat(EventTypes.nameOf(StockReserved.class)).isEqualTo("inventory.StockReserved");
    assertThat(EventTypes.classOf("ordering.OrderPlaced")).isEqualTo(OrderPlaced.class);
  }

  @Test
  void everyNameLeadsToItsClassAndBack() {
    assertThat(EventTypes.names()).isNotEmpty();
    assertThat(EventTypes.names())
        .allSatisfy(
            name -> {
              assertThat(EventTypes.nameOf(EventTypes.classOf(name))).isEqualTo(name);
              assertThat(EventTypes.revisionOf(EventTypes.classOf(name))).isNotBlank();
              assertThat(EventTypes.isKnown(name)).isTrue();
            });
  }

  /**
   * A context that is added without being named in {@link EventTypes} would write events that
   * nobody can read.
   */
  @Test
  void everyEventRecordOfTheModuleHasAName() throws Exception {
    List<Class<?>> events = eventRecordsInTheModule();

    assertThat(events).hasSizeGreaterThan(30);
    assertThat(events)
        .allSatisfy(
            type -> assertThat(EventTypes.nameOf(type.asSubclass(Event.class))).isNotBlank());
    assertThat(events).hasSameSizeAs(EventTypes.names());
  }

  @Test
  void anUnknownNameIsAnError() {
    assertThat(EventTypes.isKnown("ordering.OrderForgotten")).isFalse();
    assertThat(EventTypes.isKnown(null)).isFalse();
    assertThatThrownBy(() -> EventTypes.classOf("ordering.OrderForgotten"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ordering.OrderForgotten");
    assertThatThrownBy(() -> EventTypes.classOf(null)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClassOutsideTheLanguageHasNoName() {
    record Stray() implements Event {}

    assertThatThrownBy(() -> EventTypes.nameOf(Stray.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Class<?>> eventRecordsInTheModule()
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes = Path.of(Event.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> files;
    try (var walk = Files.walk(classes)) {
      files = walk.filter(file -> file.toString().endsWith(".class")).toList();
    }
    List<Class<?>> events = new ArrayList<>();
    for (Path file : files) {
      String path = classes.relativize(file).toString();
      String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
      if (name.endsWith("package-info")) {
        continue;
      }
      Class<?> type = Class.forName(name);
      if (type.isRecord() && Event.class.isAssignableFrom(type)) {
        events.add(type);
      }
    }
    return events;
  }
}
