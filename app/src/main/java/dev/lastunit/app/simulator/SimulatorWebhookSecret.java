package dev.lastunit.app.simulator;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.r2dbc.core.DatabaseClient;

/**
 * The secret that the simulator's webhooks are signed with, {@code whsec_} and base64 of 32 bytes.
 * It is made once per database and kept there, so that it survives restarts and is the same on
 * every node.
 *
 * <p>It is read before the web server starts, once the tables are there; from then on {@link
 * #get()} does not block and may be called from any thread. A call before that reads it on the
 * caller's thread, which then must be one that may block.
 */
public final class SimulatorWebhookSecret implements Supplier<String>, SmartLifecycle {

  private static final String NAME = "webhook-secret";
  private static final int KEY_BYTES = 32;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(20);

  private final DatabaseClient database;
  private volatile @Nullable String secret;

  SimulatorWebhookSecret(DatabaseClient database) {
    this.database = database;
  }

  /**
   * The secret.
   *
   * @throws IllegalStateException when it was not read yet and this thread must not block, or the
   *     database does not answer in time
   */
  @Override
  public String get() {
    var known = secret;
    return known != null ? known : read();
  }

  private synchronized String read() {
    var known = secret;
    if (known != null) {
      return known;
    }
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    var fresh = WebhookSignature.SECRET_PREFIX + Base64.getEncoder().encodeToString(key);
    // Another node may have been first; then its secret is the one that stays.
    var kept =
        database
            .sql(
                "insert into simulator.setting (name, value) values ($1, $2)"
                    + " on conflict (name) do nothing")
            .bind(0, NAME)
            .bind(1, fresh)
            .then()
            .then(
                database
                    .sql("select value from simulator.setting where name = $1")
                    .bind(0, NAME)
                    .map(row -> Objects.requireNonNull(row.get(0, String.class)))
                    .one())
            .block(READ_TIMEOUT);
    secret = Objects.requireNonNull(kept);
    return kept;
  }

  @Override
  public void start() {
    get();
  }

  @Override
  public void stop() {
    // Nothing to give back: the secret may be asked for until the context is gone.
  }

  @Override
  public boolean isRunning() {
    return secret != null;
  }

  /** Before the web server, which starts far later than phase 0. */
  @Override
  public int getPhase() {
    return 0;
  }

  /** Says that there is a secret, never what it is: log lines must not hold it. */
  @Override
  public String toString() {
    return "SimulatorWebhookSecret[known=" + (secret != null) + "]";
  }
}
