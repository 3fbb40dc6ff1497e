package dev.lastunit.app.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.http.MediaType;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The edges on a real port, with probes for controllers and without a database. The rest of the
 * application is not there.
 */
public final class EdgesServer implements AutoCloseable {

  /** Neither annotated as a component nor found by a scan of the application. */
  @EnableAutoConfiguration(
      excludeName = {
        "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
        "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration",
        "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration"
      })
  @ComponentScan(basePackages = {"dev.lastunit.app.web", "dev.lastunit.app.security"})
  static class Application {

    /** Threads of its own: the shared ones would end with the first server that is closed. */
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
      ReactorResourceFactory resources = new ReactorResourceFactory();
      resources.setUseGlobalResources(false);
      resources.setShutdownQuietPeriod(Duration.ZERO);
      return resources;
    }
  }

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static EdgesServer shared;

  private final ConfigurableApplicationContext context;
  private final Path data;
  private final int port;

  private EdgesServer(ConfigurableApplicationContext context, Path data) {
    this.context = context;
    this.data = data;
    this.port = ((WebServerApplicationContext) context).getWebServer().getPort();
  }

  /**
   * Starts one.
   *
   * @param settings as {@code name=value}
   */
  public static EdgesServer start(String... settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--server.shutdown=immediate");
    // Locked by each server for itself, as in earnest.
    Path data = temporary();
    arguments.add("--lastunit.data-dir=" + data);
    arguments.add("--spring.config.location=optional:classpath:/nothing.yml");
    arguments.add("--lastunit.probe=true");
    arguments.add("--logging.level.root=warn");
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    return new EdgesServer(
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.REACTIVE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .run(arguments.toArray(String[]::new)),
        data);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("lastunit-edges");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * One with the default settings and no limit of requests, for tests that change nothing in it.
   */
  public static synchronized EdgesServer shared() {
    if (shared == null) {
      shared = start("lastunit.rate-limit=off");
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    }
    return shared;
  }

  /** A client without a token. */
  public WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl("http://localhost:" + port)
        .responseTimeout(Duration.ofSeconds(20))
        .build();
  }

  /** A client that sends this token with every request. */
  public WebTestClient client(String token) {
    return client().mutate().defaultHeader("Authorization", "Bearer " + token).build();
  }

  /** A client with a development token. */
  public WebTestClient client(String subject, String... roles) {
    return client(token(subject, roles));
  }

  /** A development token. */
  public String token(String subject, String... roles) {
    return post(
            "/v1/dev/tokens", JSON.writeValueAsString(Map.of("subject", subject, "roles", roles)))
        .get("token")
        .asString();
  }

  /** A new guest: token, subject, expiresAt. */
  public JsonNode session() {
    return post("/v1/sessions", "");
  }

  private JsonNode post(String path, String body) {
    byte[] answer =
        client()
            .post()
            .uri(path)
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(body)
            .exchange()
            .expectStatus()
            .isCreated()
            .expectBody()
            .returnResult()
            .getResponseBody();
    return JSON.readTree(answer);
  }

  public int port() {
    return port;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  @Override
  public void close() {
    context.close();
    FileSystemUtils.deleteRecursively(data.toFile());
  }
}
