package dev.lastunit.app.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lastunit.app.web.ProblemWriter;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Bounds the requests of one subject, or of one address where there is no token: so many a second,
 * and as many at once. Each node counts for itself.
 *
 * <p>Runs after authentication and inside the security chain only. Not counted: the actuator and
 * webhooks (a provider must get through, and is known by its signature).
 */
final class RateLimitFilter implements WebFilter {

  private static final List<String> NOT_COUNTED = List.of("/actuator/", "/v1/payments/webhooks/");

  /** Subjects remembered at once; a forgotten one begins with a full bucket. */
  private static final long MOST_SUBJECTS = 100_000;

  private static final int NETWORK_OF_ONE_CLIENT_BYTES = 8;

  private final OptionalInt perSecond;
  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder()
          .maximumSize(MOST_SUBJECTS)
          .expireAfterAccess(Duration.ofMinutes(1))
          .build();

  /**
   * @param setting requests a second, 1 or more, or {@code off}
   */
  RateLimitFilter(String setting) {
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

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().pathWithinApplication().value();
    if (perSecond.isEmpty() || NOT_COUNTED.stream().anyMatch(path::startsWith)) {
      return chain.filter(exchange);
    }
    return ReactiveSecurityContextHolder.getContext()
        .mapNotNull(context -> context.getAuthentication())
        .map(authentication -> "subject " + authentication.getName())
        .defaultIfEmpty("address " + address(exchange.getRequest().getRemoteAddress()))
        .flatMap(
            who -> {
              ConsumptionProbe probe =
                  buckets.get(who, _ -> bucket()).tryConsumeAndReturnRemaining(1);
              return probe.isConsumed() ? chain.filter(exchange) : Mono.error(limited(probe));
            });
  }

  private Bucket bucket() {
    int limit = perSecond.orElseThrow();
    return Bucket.builder()
        .addLimit(bandwidth -> bandwidth.capacity(limit).refillGreedy(limit, Duration.ofSeconds(1)))
        .build();
  }

  private Problem limited(ConsumptionProbe probe) {
    long waitSeconds =
        Math.max(
            1,
            TimeUnit.NANOSECONDS.toSeconds(
                probe.getNanosToWaitForRefill() + TimeUnit.SECONDS.toNanos(1) - 1));
    return new Problem(
        ErrorCode.RATE_LIMITED,
        "More than " + perSecond.orElseThrow() + " requests a second",
        List.of(),
        Map.of(ProblemWriter.RETRY_AFTER_SECONDS, waitSeconds));
  }

  /** One client has a whole network of 64 bits of IPv6 addresses. */
  static String address(InetSocketAddress remote) {
    InetAddress address = remote == null ? null : remote.getAddress();
    if (address == null) {
      return "unknown";
    }
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_OF_ONE_CLIENT_BYTES))
        : address.getHostAddress();
  }
}
