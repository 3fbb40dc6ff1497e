package dev.lastunit.app.cli;

import dev.lastunit.app.LastunitApplication;
import dev.lastunit.app.cli.ImportClient.RefusedException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** {@code ./run import}: imports a file of products and shows how it goes. */
public final class ImportCommand {

  /** How often the service is asked. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** A service that restarts is waited for. */
  private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final ImportDisplay display;

  /** What to say when the process is told to stop; null when there is nothing to be said. */
  private volatile String farewell;

  /** Whether the process has been told to stop: what goes wrong from then on needs no words. */
  private volatile boolean stopping;

  ImportCommand(
      Map<String, String> environment, PrintStream out, PrintStream err, boolean terminal) {
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.display = new ImportDisplay(out, terminal);
  }

  /**
   * Imports and ends the process with the status that {@link ImportArguments#HELP} tells.
   *
   * @param arguments as it tells them
   */
  public static void main(String[] arguments) {
    ImportCommand command =
        new ImportCommand(System.getenv(), System.out, System.err, ProgressLine.isOnTerminal());
    Runtime.getRuntime().addShutdownHook(new Thread(command::sayFarewell));
    System.exit(command.run(List.of(arguments)));
  }

  private void sayFarewell() {
    stopping = true;
    String words = farewell;
    if (words != null) {
      display.leaveBar();
      err.println(words);
    }
  }

  int run(List<String> arguments) {
    if (arguments.contains("--help")) {
      out.print(ImportArguments.HELP);
      return ExitStatus.DONE;
    }
    ImportArguments what;
    try {
      what = ImportArguments.parse(arguments);
    } catch (IllegalArgumentException e) {
      err.println("run import: " + e.getMessage());
      return ExitStatus.MISUSED;
    }
    try {
      return run(what);
    } catch (RefusedException e) {
      return failed(e.getMessage());
    } catch (IOException e) {
      return failed(
          "the service does not answer: "
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.FAILED;
    }
  }

  private int failed(String words) {
    if (!stopping) {
      display.leaveBar();
      err.println("run import: " + words);
    }
    return ExitStatus.FAILED;
  }

  private int run(ImportArguments what) throws IOException, InterruptedException {
    String given = environment.get("LASTUNIT_URL");
    String port = environment.getOrDefault("SERVER_PORT", "8080");
    String base = given == null ? "http://localhost:" + port : given.replaceAll("/+$", "");
    try (ImportClient client = new ImportClient(base, environment.get("LASTUNIT_TOKEN"))) {
      if (client.isServed()) {
        return follow(client, what, "Left. The service goes on with the import.");
      }
    }
    if (given != null) {
      throw new RefusedException("nothing answers at " + given);
    }
    return runWithServiceOfItsOwn(what);
  }

  private int runWithServiceOfItsOwn(ImportArguments what)
      throws IOException, InterruptedException {
    out.println("No service runs; starting one for the time of the import");
    ConfigurableApplicationContext service;
    try {
      service =
          SpringApplication.run(
              LastunitApplication.class,
              "--server.port=0",
              "--lastunit.announce=false",
              // The terminal shows the import; the log's file has the rest.
              "--logging.threshold.console=warn");
    } catch (RuntimeException e) {
      // Spring Boot has told the reason.
      return ExitStatus.FAILED;
    }
    try (service) {
      int port = ((WebServerApplicationContext) service).getWebServer().getPort();
      try (ImportClient client =
          new ImportClient("http://localhost:" + port, environment.get("LASTUNIT_TOKEN"))) {
        return follow(
            client, what, "Stopped. The import goes on with the same command, or with ./run.");
      }
    }
  }

  private int follow(ImportClient client, ImportArguments what, String words)
      throws IOException, InterruptedException {
    out.println("Sending " + what.file());
    String importId = client.begin(what);
    out.println("Import " + importId);
    farewell = words;
    Instant heard = Instant.now();
    while (true) {
      try {
        ImportState state = client.state(importId);
        heard = Instant.now();
        if (state.hasEnded()) {
          farewell = null;
          display.end(state);
          return state.isWithoutFault() ? ExitStatus.DONE : ExitStatus.FAILED;
        }
        if (!stopping) {
          display.show(state, heard);
        }
      } catch (IOException e) {
        if (Duration.between(heard, Instant.now()).compareTo(LONGEST_SILENCE) > 0) {
          farewell = null;
          throw e;
        }
      }
      Thread.sleep(LOOK);
    }
  }
}
