package dev.lastunit.app.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * How many requests a second each caller has made: so many are allowed, and as many at once. Each
 * node counts for itself. Thread-safe; never blocks.
 */
@Component
public final class RateLimits {

  /** Callers remembered at once; a forgotten one begins with a full bucket. */
  private static final long MOST_CALLERS = 100_000;

  private static final int NETWORK_OF_ONE_CLIENT_BYTES = 8;

  private final OptionalInt perSecond;
  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder()
          .maximumSize(MOST_CALLERS)
          .expireAfterAccess(Duration.ofMinutes(1))
          .build();

  /**
   * @param setting requests a second, 1 or more, or {@code off}
   */
  RateLimits(@Value("${lastunit.rate-limit:500}") String setting) {
    this.perSecond = parse(setting);
  }

  private static OptionalInt parse(String setting) {
    String text = setting.strip().toLowerCase(Locale.ROOT);
    if (text.equals("off")) {
      return OptionalInt.empty();
    }
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "lastunit.rate-limit is '" + setting + "', neither a number from 1 nor off");
    }
    return OptionalInt.of(Integer.parseInt(text));
  }

  /** What is allowed a second; empty when everything is. */
  OptionalInt perSecond() {
    return perSecond;
  }

  /** Counts a request if it is allowed; one that is refused is not counted. */
  public boolean allows(String caller) {
    return perSecond.isEmpty() || bucket(caller).tryConsume(1);
  }

  /**
   * Counts a request if it is allowed.
   *
   * @return empty when it is, else after how many seconds, 1 or more, the next one will be
   */
  OptionalLong secondsToWait(String caller) {
    if (perSecond.isEmpty()) {
      return OptionalLong.empty();
    }
    var probe = bucket(caller).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? OptionalLong.empty()
        : OptionalLong.of(
            Math.max(
                1,
                TimeUnit.NANOSECONDS.toSeconds(
                    probe.getNanosToWaitForRefill() + TimeUnit.SECONDS.toNanos(1) - 1)));
  }

  private Bucket bucket(String caller) {
    return buckets.get(caller, _ -> newBucket());
  }

  private Bucket newBucket() {
    int limit = perSecond.orElseThrow();
    return Bucket.builder()
        .addLimit(bandwidth -> bandwidth.capacity(limit).refillGreedy(limit, Duration.ofSeconds(1)))
        .build();
  }

  /** The caller with a token of this subject. */
  static String subject(String subject) {
    return "subject " + subject;
  }

  /**
   * The caller without a token at an address. One client has a whole network of 64 bits of IPv6
   * addresses.
   *
   * @param remote null where it is not known
   */
  public static String address(InetSocketAddress remote) {
    InetAddress address = remote == null ? null : remote.getAddress();
    if (address == null) {
      return "address unknown";
    }
    return "address "
        + (address instanceof Inet6Address
            ? HexFormat.of()
                .formatHex(Arrays.copyOf(address.getAddress(), NETWORK_OF_ONE_CLIENT_BYTES))
            : address.getHostAddress());
  }
}
