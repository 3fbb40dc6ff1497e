package dev.lastunit.app.simulator;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.server.reactive.HttpHandler;

/**
 * The running simulator: starts sending once the web server listens, because by default that is the
 * receiver; lets go of held requests when the context begins to close, because the web server waits
 * for them, and takes on nothing more to send. Steps are written until the web server is down.
 */
final class Simulator implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(Simulator.class);
  private static final String OWN_WEBHOOKS = "http://127.0.0.1:%d/v1/payments/webhooks/simulator";

  /** What a stop waits for steps that were asked for, so that they are answered. */
  private static final Duration LAST_STEPS = Duration.ofSeconds(2);

  private final StepWriter writer;
  private final WebhookCourier courier;
  private final SimulatorRoutes routes;
  private final @Nullable URI webhookUrl;

  /**
   * A simulator that does not send yet.
   *
   * @param webhookUrl where webhooks go; null for this server itself
   */
  Simulator(
      StepWriter writer, WebhookCourier courier, SimulatorRoutes routes, @Nullable URI webhookUrl) {
    this.writer = writer;
    this.courier = courier;
    this.routes = routes;
    this.webhookUrl = webhookUrl;
  }

  /** Answers the HTTP calls, and leaves every other request to {@code others}. */
  HttpHandler before(HttpHandler others) {
    return routes.before(others);
  }

  @EventListener
  void start(ReactiveWebServerInitializedEvent started) {
    // A management server on a port of its own reports here as well.
    if (started.getApplicationContext().getServerNamespace() == null) {
      var address =
          webhookUrl != null
              ? webhookUrl
              : URI.create(OWN_WEBHOOKS.formatted(started.getWebServer().getPort()));
      LOG.info("Payment provider simulator under /simulator/v1, webhooks go to {}", address);
      courier.start(address);
    }
  }

  @EventListener(ContextClosedEvent.class)
  void release() {
    routes.release();
    courier.halt();
  }

  @Override
  public void destroy() {
    writer.stop(LAST_STEPS);
    courier.stop();
  }
}
