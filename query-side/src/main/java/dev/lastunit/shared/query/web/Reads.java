package dev.lastunit.shared.query.web;

import dev.lastunit.shared.api.Caller;
import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.store.PastReads;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.UriComponentsBuilder;

/** Conventions of the contract that every read keeps. Stateless. */
public final class Reads {

  /** How far the read model was that gave the answer. */
  public static final String EVENT_POSITION = "Event-Position";

  /** How far the read model must be before it answers. */
  public static final String MIN_EVENT_POSITION = "Min-Event-Position";

  /** The parameters of reads of the past. */
  static final List<String> PAST = List.of("at", "position");

  private Reads() {}

  /** Status 200 with the model's position. */
  public static ResponseEntity.BodyBuilder ok(long position) {
    return ResponseEntity.ok().header(EVENT_POSITION, Long.toString(position));
  }

  /** Status 200 with the model's position, and where the next page is, if there is one. */
  public static <T> ResponseEntity<Page<T>> page(
      ServerHttpRequest request, long position, Page<T> page) {
    return ok(position).headers(headers -> link(headers, request, page.next())).body(page);
  }

  /**
   * Says where the next page is, as a path with the request's own parameters (RFC 8288).
   *
   * @param next null on the last page
   */
  public static void link(HttpHeaders headers, ServerHttpRequest request, String next) {
    if (next != null) {
      String address =
          UriComponentsBuilder.newInstance()
              .path(request.getURI().getRawPath())
              .query(request.getURI().getRawQuery())
              .replaceQueryParam("cursor", next)
              .build(true)
              .toUriString();
      headers.add(HttpHeaders.LINK, "<" + address + ">; rel=\"next\"");
    }
  }

  /**
   * Lets only callers with a token pass.
   *
   * @throws Problem UNAUTHENTICATED without one
   */
  public static void requireToken(Caller caller) {
    if (caller.subject() == null) {
      throw new Problem(ErrorCode.UNAUTHENTICATED, "Send a bearer token");
    }
  }

  /**
   * Lets only callers with one of the roles pass.
   *
   * @throws Problem UNAUTHENTICATED without a token, FORBIDDEN without a role
   */
  public static void require(Caller caller, String... roles) {
    requireToken(caller);
    for (String role : roles) {
      if (caller.is(role)) {
        return;
      }
    }
    throw new Problem(
        ErrorCode.FORBIDDEN, "This needs one of the roles " + String.join(", ", List.of(roles)));
  }

  /**
   * Lets only callers with one of the roles pass, and those who ask for the past by {@code at} or
   * {@code position} only if they are operators or analysts.
   *
   * @throws Problem as {@link #require}
   */
  public static void requireForPast(Caller caller, ServerHttpRequest request, String... roles) {
    if (PAST.stream().anyMatch(request.getQueryParams()::containsKey)) {
      require(caller, Caller.OPERATOR, Caller.ANALYST);
    } else if (roles.length == 0) {
      requireToken(caller);
    } else {
      require(caller, roles);
    }
  }

  /**
   * A state of the past with the position at which it was.
   *
   * @throws Problem NOT_FOUND when there was no such thing
   */
  public static <T> ResponseEntity<T> past(PastReads.Found<T> found, String what) {
    if (found.value() == null) {
      throw Problem.notFound(what);
    }
    return ok(found.position()).cacheControl(CacheControl.noStore()).body(found.value());
  }

  /**
   * The SKU of a path.
   *
   * @throws Problem NOT_FOUND when it has not the form of one: there is no such thing either
   */
  public static Sku sku(String text, String what) {
    if (!Sku.isValid(text)) {
      throw Problem.notFound(what);
    }
    return new Sku(text);
  }
}
