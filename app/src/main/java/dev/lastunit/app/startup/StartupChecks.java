package dev.lastunit.app.startup;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.boot.context.event.SpringApplicationEvent;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Looks at the settings without which nothing can start, looks whether the port is free, and takes
 * the lock on the data directory, before anything else is done. Makes the locked directory a bean
 * that is given up last.
 *
 * <p>Runs after the settings have been read and before the log file inside the directory is opened.
 */
public final class StartupChecks implements ApplicationListener<SpringApplicationEvent>, Ordered {

  /** Between the listener that reads the settings (+10) and the one that sets up logging (+20). */
  private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 15;

  private static final int HIGHEST_PORT = 65_535;

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
    LastunitProperties properties = read(environment);
    requireWholeDatabaseAddress(environment);
    requireReplicaAddress(environment);
    requireFreePort(environment);
    directory = DataDirectory.lock(properties.dataDir());
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

  /** Bound here for the refusal in one line; the bean of the same type is bound again later. */
  private static LastunitProperties read(ConfigurableEnvironment environment) {
    try {
      return Binder.get(environment).bindOrCreate("lastunit", LastunitProperties.class);
    } catch (BindException e) {
      Throwable reason = e;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      String said = reason.getMessage().replaceFirst("\\.$", "");
      // The settings' own refusals name the setting already.
      String named = said.startsWith("lastunit.") ? "" : e.getName() + " cannot be read: ";
      throw new StartupRefusedException(named + said + ".");
    }
  }

  private static void requireWholeDatabaseAddress(ConfigurableEnvironment environment) {
    String jdbcUrl = environment.getProperty("spring.datasource.url");
    String r2dbcUrl = environment.getProperty("spring.r2dbc.url");
    if ((jdbcUrl == null) != (r2dbcUrl == null)) {
      throw new StartupRefusedException(
          "Of SPRING_DATASOURCE_URL and SPRING_R2DBC_URL only one is set: set both to one database,"
              + " or none for the embedded one.");
    }
    if (jdbcUrl != null
        && !(jdbcUrl.startsWith("jdbc:postgresql:") && r2dbcUrl.contains("postgres"))) {
      throw new StartupRefusedException(
          "SPRING_DATASOURCE_URL has to begin with jdbc:postgresql: and SPRING_R2DBC_URL with"
              + " r2dbc:postgresql: as Lastunit keeps its data in PostgreSQL only.");
    }
  }

  private static void requireReplicaAddress(ConfigurableEnvironment environment) {
    String url = environment.getProperty("lastunit.reads.r2dbc-url");
    if (url != null && !url.startsWith("r2dbc:postgresql:")) {
      throw new StartupRefusedException(
          "LASTUNIT_READS_R2DBC_URL has to begin with r2dbc:postgresql: as only a replica of the"
              + " database can be read in its place.");
    }
  }

  private static void requireFreePort(ConfigurableEnvironment environment) {
    String given = environment.getProperty("server.port", "8080").strip();
    if (!given.matches("[0-9]{1,5}") || Integer.parseInt(given) > HIGHEST_PORT) {
      throw new StartupRefusedException(
          "SERVER_PORT is '" + given + "', not a port from 1 to 65535, or 0 for any free one.");
    }
    int port = Integer.parseInt(given);
    if (port == 0) {
      return;
    }
    String address = environment.getProperty("server.address");
    InetSocketAddress where =
        address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(where);
    } catch (java.net.BindException e) {
      throw new StartupRefusedException(
          "The port " + port + " is taken: stop what listens there, or set SERVER_PORT.");
    } catch (IOException e) {
      throw new StartupRefusedException(
          "The port " + port + " cannot be listened to (" + e.getMessage() + ").");
    }
  }
}
