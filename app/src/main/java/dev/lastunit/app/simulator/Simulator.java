package dev.lastunit.app.simulator;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * The running simulator: starts sending once the web server listens, because by default that is the
 * receiver; lets go of held requests when the context begins to close, because the web server waits
 * for them, and takes on nothing more to send.
 */
final class Simulator implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(Simulator.class);
  private static final String OWN_WEBHOOKS = "http://127.0.0.1:%d/v1/payments/webhooks/simulator";

  private final WebhookCourier courier;
  private final SimulatorRoutes routes;
  private final @Nullable URI webhookUrl;

  /**
   * A simulator that does not send yet.
   *
   * @param webhookUrl where webhooks go; null for this server itself
   */
  Simulator(WebhookCourier courier, SimulatorRoutes routes, @Nullable URI webhookUrl) {
    this.courier = courier;
    this.routes = routes;
    this.webhookUrl = webhookUrl;
  }

  /** The HTTP calls. */
  RouterFunction<ServerResponse> routes() {
    return routes.routes();
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
    courier.stop();
  }
}
