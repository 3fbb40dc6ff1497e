package dev.lastunit.catalogue.command.web;

import dev.lastunit.catalogue.command.web.ImportView.LineError;
import dev.lastunit.catalogue.command.web.ImportView.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Imports as the database keeps them, in {@code command.catalogue_import}. Blocks. */
@Component
class ImportStore {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<LineError>> ERRORS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  ImportStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An import that was accepted.
   *
   * @param spoolFile name of the file in the import directory
   * @param digest of the file as it came, in hexadecimal; null for imports of earlier releases
   * @param subject who asked for it; null when nobody is known
   */
  record Job(
      String importId, String spoolFile, String digest, ImportOptions options, String subject) {

    /** Whether the other job would do the same. */
    boolean isSameAs(Job other) {
      return digest != null
          && digest.equals(other.digest)
          && options.equals(other.options)
          && Objects.equals(subject, other.subject);
    }
  }

  void insert(Job job, Instant now) {
    jdbc.sql(
            """
            insert into command.catalogue_import
              (import_id, state, spool_file, digest, options, subject, created_at, updated_at)
            values (:id, 'running', :file, :digest, :options, :subject, :now, :now)
            """)
        .param("id", job.importId())
        .param("file", job.spoolFile())
        .param("digest", job.digest())
        .param("options", JSON.writeValueAsString(job.options()))
        .param("subject", job.subject())
        .param("now", utc(now))
        .update();
  }

  void update(ImportView view, Instant now) {
    jdbc.sql(
            """
            update command.catalogue_import
            set state = :state, read = :read, accepted = :accepted, rejected = :rejected,
                errors = :errors, failure = :failure, position = :position, updated_at = :now
            where import_id = :id
            """)
        .param("state", view.state().name().toLowerCase(Locale.ROOT))
        .param("read", view.read())
        .param("accepted", view.accepted())
        .param("rejected", view.rejected())
        .param("errors", JSON.writeValueAsString(view.errors()))
        .param("failure", view.failure())
        .param("position", view.position())
        .param("now", utc(now))
        .param("id", view.importId())
        .update();
  }

  Optional<ImportView> find(String importId) {
    return jdbc.sql(
            """
            select import_id, state, read, accepted, rejected, errors, failure, position
            from command.catalogue_import where import_id = :id
            """)
        .param("id", importId)
        .query(ImportStore::view)
        .optional();
  }

  /** Imports that have not ended, of all nodes, the first accepted first. */
  List<Job> running() {
    return jdbc.sql(
            """
            select import_id, spool_file, digest, options, subject
            from command.catalogue_import where state = 'running' order by created_at, import_id
            """)
        .query(
            (row, number) ->
                new Job(
                    row.getString("import_id"),
                    row.getString("spool_file"),
                    row.getString("digest"),
                    JSON.readValue(row.getString("options"), ImportOptions.class),
                    row.getString("subject")))
        .list();
  }

  private static ImportView view(ResultSet row, int number) throws SQLException {
    return new ImportView(
        row.getString("import_id"),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getLong("read"),
        row.getLong("accepted"),
        row.getLong("rejected"),
        JSON.readValue(row.getString("errors"), ERRORS),
        row.getString("failure"),
        null,
        null,
        null,
        row.getLong("position"));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
