package dev.lastunit.app.startup;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Takes the lock on the data directory and looks whether the port is free before anything else is
 * done, and makes the locked directory a bean that is given up last.
 *
 * <p>Runs after the settings have been read and before the log file inside the directory is opened.
 */
public final class StartupChecks implements ApplicationListener<SpringApplicationEvent>, Ordered {

  /** Between the listener that reads the settings (+10) and the one that sets up logging (+20). */
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 15;

  private DataDirectory directory;

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public void onApplicationEvent(SpringApplicationEvent event) {
    switch (event) {
      case ApplicationEnvironmentPreparedEvent prepared -> check(prepared.getEnvironment());
      case ApplicationPreparedEvent prepared -> hand(prepared.getApplicationContext());
      case ApplicationFailedEvent failed -> giveUp();
      default -> {
        // The other events are none of ours.
      }
    }
  }

  private void check(ConfigurableEnvironment environment) {
    requireFreePort(environment);
    String path = environment.getProperty("lastunit.data-dir", "./data");
    directory = DataDirectory.lock(Path.of(path));
  }

  private void hand(ConfigurableApplicationContext context) {
    // Registered first, thus destroyed last: after the database that lives inside it.
    var beans = (DefaultSingletonBeanRegistry) context.getBeanFactory();
    beans.registerSingleton("dataDirectory", directory);
    beans.registerDisposableBean("dataDirectory", directory::close);
  }

  private void giveUp() {
    if (directory != null) {
      directory.close();
    }
  }

  private static void requireFreePort(ConfigurableEnvironment environment) {
    Integer port = environment.getProperty("server.port", Integer.class, 8080);
    if (port <= 0) {
      return;
    }
    String address = environment.getProperty("server.address");
    InetSocketAddress where =
        address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(where);
    } catch (BindException e) {
      throw new StartupRefusedException(
          "The port " + port + " is taken: stop what listens there, or set SERVER_PORT.");
    } catch (IOException e) {
      throw new StartupRefusedException(
          "The port " + port + " cannot be listened to (" + e.getMessage() + ").");
    }
  }
}
