package dev.lastunit.app.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * Brings the schema up to date: one Flyway for each module that keeps data, so that each numbers
 * its own files, in an order that never changes. Several nodes may do it at once; the database lets
 * one through at a time.
 */
final class Migrations {

  /**
   * The modules' folders below {@code db/} on the class path, in the order of their migrations. A
   * module may use what an earlier one has made, never what a later one makes.
   */
  static final List<String> MODULES =
      List.of("eventstore", "command", "process", "projections", "security", "simulator");

  /** Holds one history table for each module; the modules' own tables are in schemas they make. */
  private static final String HISTORY_SCHEMA = "migration";

  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

  private final DataSource dataSource;

  /**
   * @param dataSource connections of a role that may create schemas
   */
  Migrations(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Runs what has not been run. Blocks: milliseconds when there is nothing to do.
   *
   * @return how many migrations were run
   * @throws org.flywaydb.core.api.FlywayException when one fails (it is rolled back, the earlier
   *     ones stay) or when one that was run has since been changed
   */
  int run() {
    int applied = 0;
    for (String module : MODULES) {
      if (hasFiles(module)) {
        applied += migrate(module);
      }
    }
    if (applied > 0) {
      LOG.info("Schema brought up to date: {} migrations", applied);
    }
    return applied;
  }

  private int migrate(String module) {
    MigrateResult result =
        Flyway.configure(Migrations.class.getClassLoader())
            .dataSource(dataSource)
            .locations("classpath:db/" + module)
            .schemas(HISTORY_SCHEMA)
            .defaultSchema(HISTORY_SCHEMA)
            .createSchemas(true)
            .table(module + "_history")
            // The schema holds the other modules' histories, which Flyway would take for a legacy.
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .validateMigrationNaming(true)
            .cleanDisabled(true)
            .load()
            .migrate();
    return result.migrationsExecuted;
  }

  private static boolean hasFiles(String module) {
    try {
      return new PathMatchingResourcePatternResolver(Migrations.class.getClassLoader())
              .getResources(
                  ResourcePatternResolver.CLASSPATH_ALL_URL_PREFIX + "db/" + module + "/**/*.sql")
              .length
          > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
