package dev.lastunit.app.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no HTTP client would send, sent by hand. */
class RawHttpTest {

  private static final int LARGEST = 1024 * 1024;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/products?q=%zz HTTP/1.1",
        "GET /v1/products/% HTTP/1.1",
        "GET /v1/products/%g1 HTTP/1.1",
        "GET /v1/products/a b HTTP/1.1",
        "NONSENSE"
      })
  void refusesWhatIsNoRequest(String line) throws IOException {
    String answer = exchange(line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertProblem(answer, 400, "malformed-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1//products",
        "/v1/products/..%2fsessions",
        "/v1/products/a%2fb",
        "/v1/products/a;b=c",
        "/v1/products/%2e%2e/sessions",
        "/v1/../actuator/env",
        "/v1/products/a%00b"
      })
  void refusesAddressesThatTwoProgramsMayReadDifferently(String path) throws IOException {
    String answer =
        exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertProblem(answer, 400, "malformed-request");
  }

  @Test
  void refusesHeadersThatAreTooLongOrNone() throws IOException {
    assertProblem(
        exchange("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(20_000) + "\r\n\r\n"),
        431,
        "malformed-request");
    assertProblem(
        exchange("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        414,
        "malformed-request");
    assertProblem(
        exchange("POST /probe/body HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n"),
        400,
        "malformed-request");
  }

  @Test
  void refusesAContentTypeThatIsNone() throws IOException {
    String answer =
        exchange(
            "POST /probe/body HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: no type\r\nContent-Length: 2\r\n\r\n{}");

    assertProblem(answer, 415, "unsupported-media-type");
  }

  @Test
  void refusesALargeBodyBeforeReadingIt() throws IOException {
    String answer =
        exchange(
            "POST /probe/body HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + (LARGEST + 1)
                + "\r\n\r\n{");

    assertProblem(answer, 413, "payload-too-large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/probe/body", "/probe/length"})
  void refusesALargeBodyThatWasNotAnnounced(String path) throws IOException {
    String answer = exchange(chunked(path, "application/json", LARGEST + 1));

    assertProblem(answer, 413, "payload-too-large");
  }

  @Test
  void readsABodyUpToTheLimit() throws IOException {
    assertThat(exchange(chunked("/probe/length", "application/json", LARGEST)))
        .startsWith("HTTP/1.1 200")
        .endsWith("" + LARGEST);
  }

  @Test
  void readsImportsOfAnyLength() throws IOException {
    String token = EdgesServer.shared().token("importer", "operator");
    String answer =
        exchange(
            chunked(
                "/v1/catalogue/imports",
                "application/x-ndjson\r\nAuthorization: Bearer " + token,
                8 * LARGEST));

    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("" + 8 * LARGEST);
  }

  private static String chunked(String path, String type, int length) {
    int size = 64 * 1024;
    StringBuilder request = new StringBuilder(length + 4096);
    request.append("POST ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    request.append("Connection: close\r\nContent-Type: ").append(type).append("\r\n");
    request.append("Transfer-Encoding: chunked\r\n\r\n");
    for (int rest = length; rest > 0; rest -= size) {
      int now = Math.min(size, rest);
      request.append(Integer.toHexString(now)).append("\r\n");
      request.append(" ".repeat(now)).append("\r\n");
    }
    return request.append("0\r\n\r\n").toString();
  }

  private static void assertProblem(String answer, int status, String slug) {
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer.toLowerCase(Locale.ROOT)).contains("content-type: application/problem+json");
    assertThat(answer).contains("\"type\":\"/problems/" + slug + "\"", "\"status\":" + status);
  }

  /** All that comes until the server ends the connection. */
  private static String exchange(String request) throws IOException {
    try (Socket socket = new Socket("localhost", EdgesServer.shared().port())) {
      socket.setSoTimeout(15_000);
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      OutputStream out = socket.getOutputStream();
                      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
                      out.flush();
                    } catch (IOException e) {
                      // The server need not read to the end what it refuses.
                    }
                  });
      StringBuilder answer = new StringBuilder();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      try {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
          if (isComplete(answer)) {
            break;
          }
        }
      } catch (SocketTimeoutException e) {
        answer.append("(and the connection was left open)");
      } catch (IOException e) {
        if (answer.isEmpty()) {
          throw e;
        }
      }
      writer.interrupt();
      return answer.toString();
    }
  }

  private static boolean isComplete(CharSequence answer) {
    String text = answer.toString();
    int body = text.indexOf("\r\n\r\n") + 4;
    var length = Pattern.compile("(?i)content-length: (\\d+)").matcher(text);
    return body > 3 && length.find() && text.length() - body >= Integer.parseInt(length.group(1));
  }
}
