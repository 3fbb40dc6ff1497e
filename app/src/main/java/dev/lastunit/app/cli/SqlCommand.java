package dev.lastunit.app.cli;

import dev.lastunit.app.analysis.AnalysisException;
import dev.lastunit.app.analysis.EventDatabase;
import dev.lastunit.app.analysis.LiveStore;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** {@code ./run sql}: answers a question about the events. */
public final class SqlCommand {

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  SqlCommand(Map<String, String> environment, PrintStream out, PrintStream err, boolean terminal) {
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Answers and ends the process with the status that {@link SqlArguments#HELP} tells.
   *
   * @param arguments as it tells them
   */
  public static void main(String[] arguments) {
    CommandLog.begin();
    // Buffered: an answer may have millions of rows.
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    SqlCommand command =
        new SqlCommand(System.getenv(), out, System.err, ProgressLine.isOnTerminal());
    int status = command.run(List.of(arguments));
    out.flush();
    System.exit(status);
  }

  int run(List<String> arguments) {
    if (arguments.contains("--help")) {
      out.print(SqlArguments.HELP);
      return ExitStatus.DONE;
    }
    SqlArguments what;
    try {
      what = SqlArguments.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println("run sql: " + e.getMessage());
      return ExitStatus.MISUSED;
    }
    try (EventDatabase database = open(what)) {
      SqlAnswer answer = new SqlAnswer(out, what.format(), what.limit());
      database.ask(what.sql(), answer);
      answer.end(err);
      return ExitStatus.DONE;
    } catch (AnalysisException e) {
      return failed(e.getMessage());
    } catch (IOException e) {
      return failed("the files cannot be read or written: " + e);
    } catch (SQLException e) {
      return failed("the events cannot be read: " + e.getMessage());
    }
  }

  /** The store is left before the question is answered, so that a long one is in nobody's way. */
  private EventDatabase open(SqlArguments what) throws IOException, SQLException {
    if (what.files() != null) {
      return EventDatabase.ofFiles(what.files());
    }
    ExportProgress progress = new ExportProgress(err, terminal, InstantSource.system());
    try (LiveStore store = LiveStore.open(environment)) {
      return EventDatabase.ofStore(
          store, LiveStore.dataDirectory(environment).resolve("analysts"), progress);
    } finally {
      progress.leave();
    }
  }

  private int failed(String words) {
    out.flush();
    err.println("run sql: " + words);
    return ExitStatus.FAILED;
  }
}
