package dev.lastunit.bench.shop;

import dev.lastunit.bench.load.Connection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Single requests to the service that are not measured. Blocks. */
public final class Api {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The audit reads all that was written in the run. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final String host;
  private final int port;

  /** Of a service. */
  public Api(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /** Headers that make a request the subject's. */
  String authorised(String subject, String... roles) throws IOException {
    JsonNode answer =
        send(
            "POST",
            "/v1/dev/tokens",
            "Content-Type: application/json\r\n",
            JSON.writeValueAsString(Map.of("subject", subject, "roles", List.of(roles))),
            201);
    return "Authorization: Bearer " + answer.get("token").asString() + "\r\n";
  }

  JsonNode get(String path, String headers) throws IOException {
    return send("GET", path, headers, null, 200);
  }

  JsonNode post(String path, String headers, String body, int status) throws IOException {
    return send("POST", path, headers, body, status);
  }

  /** Sends a file that was compressed by gzip, of any length; answers 202. */
  JsonNode upload(String path, String headers, String type, Path file)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path))
            .header("Content-Type", type)
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofFile(file));
    for (String line : headers.lines().toList()) {
      request.header(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 202) {
        throw new IOException("POST " + path + " answered " + answer.statusCode());
      }
      return JSON.readTree(answer.body());
    }
  }

  private JsonNode send(String method, String path, String headers, String body, int status)
      throws IOException {
    Connection.Answer answer;
    try (Connection connection = new Connection(host, port, PATIENCE)) {
      answer = connection.send(method, path, headers, body);
    }
    if (answer.status() != status) {
      throw new IOException(
          method + " " + path + " should answer " + status + ", answered " + answer);
    }
    return JSON.readTree(answer.body());
  }
}
