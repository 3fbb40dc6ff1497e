package dev.lastunit.app.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.lastunit.app.postgres.EmbeddedPostgres;
import dev.lastunit.app.postgres.PostgresSettings;
import dev.lastunit.app.simulator.Step.Moving;
import dev.lastunit.app.simulator.Step.Opening;
import dev.lastunit.app.simulator.Step.Outcome;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.jdbc.core.JdbcTemplate;

/** Books that earlier versions have written go on being good. */
class SimulatorMigrationTest {

  private static final ChargeRequest REQUEST =
      new ChargeRequest("order-1", 1999, "EUR", TestToken.WEBHOOK_TWICE, false);

  private static void migrate(HikariDataSource database, String target) {
    Flyway.configure()
        .dataSource(database)
        .locations("classpath:db/simulator")
        .target(target)
        .load()
        .migrate();
  }

  private static Outcome get(CompletableFuture<Outcome> answer) {
    return answer.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void keysChargesAndWebhooksOfTheFirstVersionAreKept(@TempDir Path home) {
    try (var server =
            EmbeddedPostgres.start(
                PostgresSettings.in(home.resolve("postgres")).with("shared_buffers", "16MB"));
        var database = SimulatorDatabase.dataSource(server)) {
      var sql = new JdbcTemplate(database);
      migrate(database, "1");
      sql.update(
          """
          with opened as (
            insert into simulator.charge (reference, token, status, amount, amount_captured,
                currency, capture_at_once, created_at, step_amount)
            values ('order-1', 'tok_webhook_twice', 'authorised', 1999, 0, 'EUR', false, now(), 1999)
            returning *),
          entries as (
            insert into simulator.entry (charge_id, kind, amount, status, amount_captured,
                amount_refunded, at, idempotency_key, fingerprint)
            select charge_id, status, amount, status, 0, 0, created_at, 'key-1', ? from opened
            returning entry_no)
          insert into simulator.delivery (entry_no, due_at) select entry_no, now() from entries
          """,
          REQUEST.fingerprint());
      var name = sql.queryForObject("select event_id::text from simulator.entry", String.class);
      migrate(database, "latest");

      var settings =
          new Binder(List.of()).bindOrCreate("lastunit.simulator", SimulatorSettings.class);
      var writer = new StepWriter(new StepBooks(database, Clock.systemUTC(), settings));
      var replayed = get(writer.submit(new Opening(REQUEST, "key-1")));
      var chargeId = replayed.charge().chargeId();
      var captured = get(writer.submit(new Moving(chargeId, Move.CAPTURE, null, "key-2")));
      writer.stop(Duration.ofSeconds(10));

      assertThat(replayed.replayed()).isTrue();
      assertThat(replayed.charge().status()).isEqualTo(ChargeStatus.AUTHORISED);
      assertThat(captured.charge().status()).isEqualTo(ChargeStatus.CAPTURED);
      assertThat(captured.webhooks()).isTrue();
      assertThat(
              sql.queryForList(
                  "select event_id::text from simulator.delivery join simulator.entry"
                      + " using (entry_no) order by delivery_id",
                  String.class))
          .hasSize(3)
          .startsWith(name)
          .doesNotContainNull();
    }
  }
}
