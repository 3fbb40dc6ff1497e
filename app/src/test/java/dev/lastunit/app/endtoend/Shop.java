package dev.lastunit.app.endtoend;

import dev.lastunit.app.LastunitApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * The whole service in this JVM, on a free port, with its embedded database in a directory of the
 * test's.
 */
final class Shop implements AutoCloseable {

  private final ConfigurableApplicationContext context;
  private final String base;

  private Shop(ConfigurableApplicationContext context) {
    this.context = context;
    int port = ((WebServerApplicationContext) context).getWebServer().getPort();
    this.base = "http://127.0.0.1:" + port;
  }

  /** Starts and waits until it is ready. Settings as {@code name=value}. */
  static Shop start(Path dataDirectory, String... settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--lastunit.data-dir=" + dataDirectory);
    arguments.add("--lastunit.rate-limit=off");
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    SpringApplication application = new SpringApplication(LastunitApplication.class);
    application.addInitializers(
        context ->
            context.getBeanFactory().registerSingleton("withoutTestCode", new WithoutTestCode()));
    return new Shop(application.run(arguments.toArray(String[]::new)));
  }

  String base() {
    return base;
  }

  ShopClient operator() {
    return ShopClient.of(base, "operator", "operator", "warehouse", "analyst");
  }

  ShopClient customer(String subject) {
    return ShopClient.of(base, subject, "customer");
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  @Override
  public void close() {
    context.close();
  }

  /**
   * Keeps the configurations of other tests, which are on the same class path, out of the service.
   */
  private static final class WithoutTestCode extends TypeExcludeFilter {
    @Override
    public boolean match(MetadataReader reader, MetadataReaderFactory factory) throws IOException {
      return reader.getResource().getURL().getPath().contains("/test-classes/");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof WithoutTestCode;
    }

    @Override
    public int hashCode() {
      return WithoutTestCode.class.hashCode();
    }
  }
}
