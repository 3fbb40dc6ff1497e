package dev.lastunit.app.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks with a service. Blocks. */
final class ImportClient implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String base;
  private String token;

  /**
   * @param base address without a path
   * @param token null to ask the service for one
   */
  ImportClient(String base, String token) {
    this.base = base;
    this.token = token;
  }

  /** Whether anything answers at the address. */
  boolean isServed() throws IOException, InterruptedException {
    try {
      send(request("/actuator/health/liveness"));
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }

  /**
   * Sends the file.
   *
   * @return the import's identifier
   * @throws RefusedException when the service does not take it
   */
  String begin(ImportArguments arguments) throws IOException, InterruptedException {
    if (token == null) {
      token = newToken();
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + "/v1/catalogue/imports" + arguments.query()))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", arguments.contentType())
            .POST(BodyPublishers.ofFile(arguments.file()));
    if (arguments.gzip()) {
      request.header("Content-Encoding", "gzip");
    }
    return expect(ACCEPTED, send(request)).get("importId").asString();
  }

  /**
   * How far the import is.
   *
   * @throws IOException when the service does not answer, or says that it cannot now; it may later
   */
  ImportState state(String importId) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request("/v1/catalogue/imports/" + importId).header("Authorization", "Bearer " + token);
    return JSON.treeToValue(expect(OK, send(request)), ImportState.class);
  }

  private String newToken() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request("/v1/dev/tokens")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"subject\": \"import\", \"roles\": [\"operator\"]}")));
    if (answer.statusCode() == NOT_FOUND) {
      throw new RefusedException(
          "this service gives no tokens: set LASTUNIT_TOKEN to an operator's");
    }
    return expect(CREATED, answer).get("token").asString();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private JsonNode expect(int status, HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() == UNAVAILABLE || answer.statusCode() == TOO_MANY_REQUESTS) {
      throw new IOException("it is too busy, or starts or stops (" + answer.statusCode() + ")");
    }
    JsonNode body;
    try {
      body = JSON.readTree(answer.body());
    } catch (JacksonException e) {
      throw new RefusedException(base + " is not Lastunit: it answered " + answer.statusCode());
    }
    if (answer.statusCode() == status) {
      return body;
    }
    StringBuilder said = new StringBuilder(body.path("detail").asString("no reason was given"));
    body.path("violations")
        .forEach(
            fault ->
                said.append("; ")
                    .append(fault.path("field").asString(""))
                    .append(' ')
                    .append(fault.path("message").asString("")));
    throw new RefusedException(answer.statusCode() + ": " + said);
  }

  @Override
  public void close() {
    http.close();
  }

  /** The service has said no; the message says why. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }
}
