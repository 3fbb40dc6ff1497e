package dev.lastunit.app.cli;

import dev.lastunit.app.analysis.AnalysisException;
import dev.lastunit.app.analysis.Export;
import dev.lastunit.app.analysis.LiveStore;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code ./run export}: writes the events into Parquet files and shows how it goes. */
public final class ExportCommand {

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  ExportCommand(
      Map<String, String> environment, PrintStream out, PrintStream err, boolean terminal) {
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Exports and ends the process with the status that {@link ExportArguments#HELP} tells.
   *
   * @param arguments as it tells them
   */
  public static void main(String[] arguments) {
    CommandLog.begin();
    ExportCommand command =
        new ExportCommand(System.getenv(), System.out, System.err, ProgressLine.isOnTerminal());
    System.exit(command.run(List.of(arguments)));
  }

  int run(List<String> arguments) {
    if (arguments.contains("--help")) {
      out.print(ExportArguments.HELP);
      return ExitStatus.DONE;
    }
    ExportArguments what;
    try {
      what = ExportArguments.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println("run export: " + e.getMessage());
      return ExitStatus.MISUSED;
    }
    ExportProgress progress = new ExportProgress(out, terminal, InstantSource.system());
    try (LiveStore store = LiveStore.open(environment)) {
      Export.Summary summary = Export.run(store, what.out(), what.from(), what.to(), progress);
      progress.leave();
      out.printf(
          Locale.ROOT,
          "Exported %,d new events; %s holds %,d in %,d files, up to position %,d%n",
          summary.added(),
          what.out(),
          summary.rows(),
          summary.files(),
          summary.position());
      return ExitStatus.DONE;
    } catch (AnalysisException e) {
      return failed(progress, e.getMessage());
    } catch (IOException e) {
      return failed(progress, "the files cannot be written: " + e);
    } catch (SQLException e) {
      return failed(progress, "the events cannot be read or written: " + e.getMessage());
    }
  }

  private int failed(ExportProgress progress, String words) {
    progress.leave();
    err.println("run export: " + words);
    return ExitStatus.FAILED;
  }
}
