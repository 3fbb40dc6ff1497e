package dev.lastunit.app.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastunit.app.startup.DataDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveStoreTest {

  private static final List<Happening> EVENTS = History.generate(5, 10);

  @TempDir Path data;

  private long head(Map<String, String> environment) throws Exception {
    try (LiveStore live = LiveStore.open(environment)) {
      return live.head();
    }
  }

  /** As beside a service: it has the data directory, and its database runs. */
  @Test
  void readsBesideAServiceAndWhenItIsStoppedAndLeavesItAsItWas() throws Exception {
    Map<String, String> environment = Map.of("LASTUNIT_DATA_DIR", data.toString());
    try (DataDirectory service = DataDirectory.lock(data);
        StoreOfTests store = new StoreOfTests(service.path())) {
      store.append(EVENTS);
      assertThat(head(environment)).isEqualTo(EVENTS.size());
      assertThat(head(store.environment())).isEqualTo(EVENTS.size());
    }

    assertThat(head(environment)).isEqualTo(EVENTS.size());

    // A service could start now.
    DataDirectory.lock(data).close();
    assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
  }

  @Test
  void saysThatThereIsNone() {
    Path nowhere = data.resolve("nowhere");

    assertThatThrownBy(() -> head(Map.of("LASTUNIT_DATA_DIR", nowhere.toString())))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("there is no store in " + nowhere);
    assertThat(nowhere).doesNotExist();
    assertThatThrownBy(
            () -> head(Map.of("SPRING_DATASOURCE_URL", "jdbc:postgresql://127.0.0.1:1/none")))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining("cannot be reached");
  }
}
