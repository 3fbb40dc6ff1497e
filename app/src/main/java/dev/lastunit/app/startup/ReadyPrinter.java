package dev.lastunit.app.startup;

import java.time.Duration;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.stereotype.Component;

/**
 * Says on the console, once, that the service is ready and where to go; not when it serves a
 * command only.
 */
@Component
@ConditionalOnBooleanProperty(name = "lastunit.announce", matchIfMissing = true)
class ReadyPrinter implements ApplicationListener<ApplicationReadyEvent> {

  private final ObjectProvider<ReadyLine> lines;

  ReadyPrinter(ObjectProvider<ReadyLine> lines) {
    this.lines = lines;
  }

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    if (!(event.getApplicationContext() instanceof WebServerApplicationContext context)
        || context.getWebServer() == null) {
      return;
    }
    String base = "http://localhost:" + context.getWebServer().getPort();
    Duration taken = event.getTimeTaken();
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%nLastunit is ready"));
    if (taken != null) {
      text.append(String.format(Locale.ROOT, " (%.1f s)", taken.toMillis() / 1000.0));
    }
    text.append(String.format(Locale.ROOT, ". Ctrl-C stops it.%n"));
    text.append(String.format(Locale.ROOT, "  API         %s/v1%n", base));
    text.append(String.format(Locale.ROOT, "  Swagger UI  %s/swagger-ui.html%n", base));
    lines
        .orderedStream()
        .flatMap(more -> more.lines().stream())
        .forEach(line -> text.append(String.format(Locale.ROOT, "  %s%n", line)));
    // Not a log line: this is the answer to the one who started the service.
    System.out.print(text);
    System.out.flush();
  }
}
