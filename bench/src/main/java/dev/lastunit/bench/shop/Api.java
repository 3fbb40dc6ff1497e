package dev.lastunit.bench.shop;

import dev.lastunit.bench.load.Connection;
import java.io.IOException;
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
