package dev.lastunit.app.simulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Somebody who is sent webhooks: a real HTTP server which keeps what it gets and can be told to
 * refuse what is about a reference.
 */
final class WebhookReceiver implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  // Its own threads: the shared ones end with any application context that used them.
  private final LoopResources loops = LoopResources.create("webhook-receiver", 1, true);
  private final DisposableServer server;

  WebhookReceiver() {
    server =
        HttpServer.create()
            .runOn(loops)
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes.post(
                        "/hooks",
                        (request, response) ->
                            request
                                .receive()
                                .aggregate()
                                .asByteArray()
                                .flatMap(
                                    body -> {
                                      var headers = request.requestHeaders();
                                      var hook =
                                          new Received(
                                              headers.get("webhook-id"),
                                              headers.get("webhook-timestamp"),
                                              headers.get("webhook-signature"),
                                              headers.get("content-type"),
                                              body,
                                              JSON.readTree(body));
                                      received.add(hook);
                                      var refuses =
                                          refusals.merge(hook.reference(), -1, Integer::sum) >= 0;
                                      return response.status(refuses ? 503 : 204).send().then();
                                    })))
            .bindNow();
  }

  /** One request, as it came. */
  record Received(
      String id,
      String timestamp,
      String signature,
      String contentType,
      byte[] body,
      JsonNode json) {

    String type() {
      return json.path("type").asString();
    }

    JsonNode charge() {
      return json.path("data");
    }

    String reference() {
      return charge().path("reference").asString();
    }

    /** Checks the signature the way any receiver would, with nothing of the sender's code. */
    boolean isSignedWith(String secret) {
      try {
        var key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        var signed = id + "." + timestamp + "." + new String(body, StandardCharsets.UTF_8);
        var expected = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
        var parts = signature.split(",", 2);
        return parts[0].equals("v1")
            && MessageDigest.isEqual(expected, Base64.getDecoder().decode(parts[1]));
      } catch (GeneralSecurityException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    boolean isFresh() {
      var age = Instant.now().getEpochSecond() - Long.parseLong(timestamp);
      return age >= 0 && age < 60;
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.port() + "/hooks";
  }

  /** Answers 503 to the next so many webhooks about the reference. */
  void refuse(String reference, int times) {
    refusals.put(reference, times);
  }

  /** What has come about the reference so far, in order of arrival. */
  List<Received> about(String reference) {
    return received.stream().filter(hook -> hook.reference().equals(reference)).toList();
  }

  @Override
  public void close() {
    server.disposeNow();
    loops.dispose();
  }
}
