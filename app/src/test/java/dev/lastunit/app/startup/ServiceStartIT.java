package dev.lastunit.app.startup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts, refusals and stops of the built service, as an operator sees them. */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
class ServiceStartIT {

  @TempDir Path temporary;

  @Test
  void servesRefusesASecondOneInOneLineStopsCleanlyAndStartsAgainAfterAKill() throws Exception {
    String data = temporary.resolve("data").toString();
    long database;

    try (ServiceProcess first = start("first", "LASTUNIT_DATA_DIR", data, "SERVER_PORT", "0")) {
      String base = first.awaitReady();
      assertThat(get(base + "/actuator/health/liveness")).contains("\"UP\"");
      assertThat(get(base + "/actuator/health/readiness")).contains("\"UP\"");
      assertThat(first.printed()).contains("Swagger UI  " + base + "/swagger-ui.html");
      database = databaseOf(data);

      String port = Integer.toString(URI.create(base).getPort());
      String other = temporary.resolve("other").toString();
      assertRefused(
          start("port", "LASTUNIT_DATA_DIR", other, "SERVER_PORT", port),
          "lastunit: The port " + port + " is taken: stop what listens there, or set SERVER_PORT.");
      assertThat(Path.of(other)).as("a refused start leaves nothing").doesNotExist();
      assertRefused(
          start("directory", "LASTUNIT_DATA_DIR", data, "SERVER_PORT", "0"),
          "lastunit: The data directory "
              + data
              + " is in use by another Lastunit: stop that one, or set LASTUNIT_DATA_DIR.");

      assertThat(first.stop()).as("ended by the signal, not by a fault").isEqualTo(143);
    }
    assertThat(ProcessHandle.of(database)).as("the database is stopped with it").isEmpty();
    assertThat(Files.readString(temporary.resolve("data/logs/lastunit.log")))
        .contains("\"ecs\"")
        .doesNotContain(Files.readString(temporary.resolve("data/postgres/lastunit.password")));

    try (ServiceProcess killed = start("killed", "LASTUNIT_DATA_DIR", data, "SERVER_PORT", "0")) {
      killed.awaitReady();
      killed.kill();
    }
    assertThat(ProcessHandle.of(databaseOf(data))).as("it outlives a killed JVM").isPresent();

    try (ServiceProcess again = start("again", "LASTUNIT_DATA_DIR", data, "SERVER_PORT", "0")) {
      assertThat(get(again.awaitReady() + "/actuator/health/readiness")).contains("\"UP\"");
      assertThat(again.printed()).contains("Stopping the database that an ended run left behind");
    }
  }

  @Test
  void usesAGivenDatabaseInsteadOfItsOwn() throws Exception {
    Path data = temporary.resolve("data");
    try (EmbeddedPostgres given =
        EmbeddedPostgres.start(
            PostgresSettings.in(temporary.resolve("given")).with("shared_buffers", "64MB"))) {
      try (ServiceProcess service =
          ServiceProcess.start(
              temporary.resolve("given.txt"),
              Map.of(
                  "LASTUNIT_DATA_DIR", data.toString(),
                  "LASTUNIT_DEMO", "true",
                  "SERVER_PORT", "0",
                  "SPRING_DATASOURCE_URL", given.jdbcUrl(),
                  "SPRING_DATASOURCE_USERNAME", EmbeddedPostgres.NAME,
                  "SPRING_DATASOURCE_PASSWORD", given.password(),
                  "SPRING_R2DBC_URL", given.jdbcUrl().replaceFirst("^jdbc", "r2dbc")))) {
        assertThat(get(service.awaitReady() + "/actuator/health/readiness")).contains("\"UP\"");
        assertThat(data.resolve("postgres")).doesNotExist();
      }
      assertThat(given.isReady()).as("what was given is left running").isTrue();
    }
  }

  @Test
  void refusesHalfAnExternalDatabase() throws Exception {
    assertRefused(
        start(
            "half",
            "LASTUNIT_DATA_DIR",
            temporary.resolve("half").toString(),
            "SERVER_PORT",
            "0",
            "SPRING_DATASOURCE_URL",
            "jdbc:postgresql://127.0.0.1:1/none"),
        "lastunit: Of SPRING_DATASOURCE_URL and SPRING_R2DBC_URL only one is set: set both to one"
            + " database, or none for the embedded one.");
  }

  @Test
  void refusesABadSettingInOneLineThatNamesIt() throws Exception {
    assertRefused(
        start(
            "bad",
            "SERVER_PORT",
            "0",
            "LASTUNIT_DATA_DIR",
            temporary.resolve("bad").toString(),
            "LASTUNIT_RESERVATION_TTL",
            "PT0S"),
        "lastunit: lastunit.reservation-ttl is PT0S, allowed are PT1S to PT720H.");
    assertRefused(
        start(
            "word",
            "SERVER_PORT",
            "0",
            "LASTUNIT_DATA_DIR",
            temporary.resolve("bad").toString(),
            "LASTUNIT_PAYMENT_TIMEOUT",
            "soon"),
        "lastunit: lastunit.payment-timeout cannot be read: 'soon' is not a valid duration.");
    assertRefused(
        start(
            "port",
            "LASTUNIT_DATA_DIR",
            temporary.resolve("bad").toString(),
            "SERVER_PORT",
            "80800"),
        "lastunit: SERVER_PORT is '80800', not a port from 1 to 65535, or 0 for any free one.");
  }

  private ServiceProcess start(String name, String... environment) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < environment.length; i += 2) {
      settings.put(environment[i], environment[i + 1]);
    }
    return ServiceProcess.start(temporary.resolve(name + ".txt"), settings);
  }

  private static void assertRefused(ServiceProcess service, String line) throws Exception {
    try (service) {
      assertThat(service.awaitEnd()).isEqualTo(1);
      assertThat(service.printed().strip()).isEqualTo(line);
    }
  }

  private static long databaseOf(String data) throws Exception {
    return Long.parseLong(
        Files.readAllLines(Path.of(data, "postgres", "data", "postmaster.pid")).getFirst());
  }

  private static String get(String address) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(address)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
