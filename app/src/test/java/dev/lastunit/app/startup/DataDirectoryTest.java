package dev.lastunit.app.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory has one user at a time. */
class DataDirectoryTest {

  @TempDir Path temporary;

  @Test
  void isMadeForItsOwnerOnly() throws Exception {
    Path path = temporary.resolve("deep/data");

    try (DataDirectory directory = DataDirectory.lock(path)) {
      assertThat(directory.path()).isEqualTo(path.toAbsolutePath());
      assertThat(Files.getPosixFilePermissions(path))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void isRefusedToASecondUserAndGivenToTheNext() {
    DataDirectory first = DataDirectory.lock(temporary);

    assertThatThrownBy(() -> DataDirectory.lock(temporary))
        .isInstanceOf(StartupRefusedException.class)
        .hasMessageContaining("in use by another Lastunit")
        .hasMessageNotContaining("\n");

    first.close();
    DataDirectory.lock(temporary).close();
  }

  @Test
  void thatCannotBeMadeIsRefusedInOneLine() throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "not a directory");

    assertThatThrownBy(() -> DataDirectory.lock(file.resolve("data")))
        .isInstanceOf(StartupRefusedException.class)
        .hasMessageContaining("cannot be used")
        .hasMessageNotContaining("\n");
  }
}
