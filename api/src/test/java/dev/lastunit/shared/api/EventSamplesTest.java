package dev.lastunit.shared.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.inventory.api.Sourcing;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockPolicy;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The approved form of every event. What is stored can never be changed, so a difference here means
 * that old events would be read wrongly: a new form gets a new revision and a new sample, and the
 * old sample stays.
 */
class EventSamplesTest {

  private static final JsonMapper JSON = EventJson.mapper();

  /** A sample file: {@code <context>.<Event>.<revision>.json}. */
  record Sample(String type, String revision, Path file) {
    static Sample of(Path file) {
      String[] parts = file.getFileName().toString().split("\\.");
      return new Sample(parts[0] + "." + parts[1], parts[2], file);
    }

    @Override
    public String toString() {
      return type + " revision " + revision;
    }
  }

  static List<Sample> samples() throws IOException, URISyntaxException {
    Path folder = Path.of(EventSamplesTest.class.getResource("/events").toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().map(Sample::of).toList();
    }
  }

  @Test
  void everyEventHasASampleOfTheRevisionInWhichItIsWritten() throws Exception {
    List<String> present = samples().stream().map(Sample::toString).toList();

    List<String> missing = new ArrayList<>();
    for (String name : EventTypes.names()) {
      String wanted = name + " revision " + EventTypes.revisionOf(EventTypes.classOf(name));
      if (!present.contains(wanted)) {
        missing.add(wanted);
      }
    }

    assertThat(missing).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void readsAndWritesBackTheSame(Sample sample) throws Exception {
    String approved = Files.readString(sample.file());
    Class<? extends Event> type = EventTypes.classOf(sample.type());

    Event event = JSON.readValue(approved, type);

    assertThat(JSON.readTree(JSON.writeValueAsString(event))).isEqualTo(JSON.readTree(approved));
    assertThat(JSON.readValue(JSON.writeValueAsString(event), type)).isEqualTo(event);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void showsEveryComponent(Sample sample) throws Exception {
    Class<? extends Event> type = EventTypes.classOf(sample.type());
    List<String> components =
        Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();

    var shown = JSON.readTree(Files.readString(sample.file())).propertyNames();

    if (sample.revision().equals(EventTypes.revisionOf(type))) {
      assertThat(shown).containsExactlyElementsOf(components);
    } else {
      // Written before the components that came later.
      assertThat(components).containsSubsequence(shown);
    }
  }

  @Test
  void leavesOutWhatIsNullAndWritesDurationsAsText() {
    var event =
        new StockPolicySet(
            new Sku("A"), new StockPolicy(Duration.ofSeconds(4), 0, 0, Sourcing.PRIORITY));
    var withoutTtl =
        new StockPolicySet(new Sku("A"), new StockPolicy(null, 0, 0, Sourcing.PRIORITY));

    assertThat(JSON.writeValueAsString(event)).contains("\"reservationTtl\":\"PT4S\"");
    assertThat(JSON.writeValueAsString(withoutTtl)).doesNotContain("reservationTtl", "null");
    assertThat(JSON.readValue(JSON.writeValueAsString(withoutTtl), StockPolicySet.class))
        .isEqualTo(withoutTtl);
  }

  /** A node of the previous release reads what the next one writes. */
  @Test
  void passesOverFieldsThatItDoesNotKnow() {
    var event = JSON.readValue("{\"sku\":\"A\",\"tomorrow\":1}", StockReserved.class);

    assertThat(event.sku()).isEqualTo(new Sku("A"));
  }

  @Test
  void aMissingNumberIsAnErrorAndNotZero() {
    assertThatThrownBy(
            () -> JSON.readValue("{\"location\":\"main\",\"quantity\":null}", Allocation.class))
        .isInstanceOf(JacksonException.class);
  }
}
