package dev.lastunit.app.web;

import dev.lastunit.shared.api.ErrorCode;
import dev.lastunit.shared.api.Problem;
import dev.lastunit.shared.api.Problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.MethodParameter;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.support.WebExchangeBindException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.ContentTooLargeException;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.MissingRequestValueException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsatisfiedRequestParameterException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import tools.jackson.core.JacksonException;

/**
 * Turns whatever a request failed with into a {@link Problem}, when the request or the moment is to
 * blame. Everything else is a fault of ours.
 */
final class ProblemTranslator {

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private ProblemTranslator() {}

  /**
   * An answer.
   *
   * @param headers go with it, for example {@code Allow}; may be empty
   */
  record Answer(Problem problem, HttpHeaders headers) {

    Answer(Problem problem) {
      this(problem, HttpHeaders.EMPTY);
    }

    Answer(ErrorCode code, String detail) {
      this(new Problem(code, detail));
    }
  }

  /**
   * The answer that the failure calls for.
   *
   * @return null when the fault is ours, or not known to be anybody else's
   */
  static Answer translate(Throwable failure, ServerHttpRequest request) {
    return switch (failure) {
      case Problem problem -> new Answer(problem);
      case MethodNotAllowedException e ->
          new Answer(
              new Problem(
                  ErrorCode.METHOD_NOT_ALLOWED,
                  e.getHttpMethod() + " is not offered here",
                  List.of(),
                  Map.of(
                      "allowed", e.getSupportedMethods().stream().map(HttpMethod::name).toList())),
              e.getHeaders());
      case NotAcceptableStatusException e ->
          new Answer(
              new Problem(
                  ErrorCode.NOT_ACCEPTABLE,
                  e.getSupportedMediaTypes().isEmpty()
                      ? "The Accept header could not be read"
                      : "Offered are " + types(e.getSupportedMediaTypes())),
              e.getHeaders());
      case UnsupportedMediaTypeStatusException e ->
          new Answer(
              new Problem(
                  ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                  e.getSupportedMediaTypes().isEmpty()
                      ? "The body's Content-Type is not supported here"
                      : "Understood are " + types(e.getSupportedMediaTypes())),
              e.getHeaders());
      case NoResourceFoundException _ ->
          new Answer(ErrorCode.NOT_FOUND, "There is nothing at this address");
      case ContentTooLargeException _ -> tooLarge();
      case WebExchangeBindException e -> new Answer(bindErrors(e));
      case HandlerMethodValidationException e -> new Answer(validationErrors(e));
      case MissingRequestValueException e -> missing(e);
      case UnsatisfiedRequestParameterException e ->
          invalid("(query)", "must satisfy " + String.join(", ", e.getConditions()));
      case ServerWebInputException e -> input(e, request);
      case ResponseStatusException e -> byStatus(e);
      case DataBufferLimitException _ -> tooLarge();
      case InvalidMediaTypeException _ ->
          new Answer(ErrorCode.MALFORMED_REQUEST, "A media type in the headers could not be read");
      case InvalidMimeTypeException _ ->
          new Answer(ErrorCode.MALFORMED_REQUEST, "A media type in the headers could not be read");
      case TransientDataAccessException _ -> databaseAway(request);
      case DataAccessResourceFailureException _ -> databaseAway(request);
      default -> null;
    };
  }

  private static Answer tooLarge() {
    return new Answer(
        ErrorCode.PAYLOAD_TOO_LARGE,
        "The body has more than " + BodyLimitFilter.MAX_BYTES + " bytes");
  }

  /**
   * A read that found no connection can be told to come back; a write's outcome is not known here.
   */
  private static Answer databaseAway(ServerHttpRequest request) {
    return request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD
        ? new Answer(ErrorCode.OVERLOADED, "The database is busy or away; try again")
        : null;
  }

  private static String types(List<MediaType> types) {
    return types.stream().map(MimeType::toString).distinct().collect(Collectors.joining(", "));
  }

  private static Problem bindErrors(WebExchangeBindException e) {
    List<Violation> violations = new ArrayList<>();
    for (FieldError error : e.getFieldErrors()) {
      String message = error.getDefaultMessage();
      if (error.isBindingFailure() || message == null) {
        message = Expected.of(e.getFieldType(error.getField()));
      }
      violations.add(new Violation(error.getField(), message));
    }
    e.getGlobalErrors()
        .forEach(error -> violations.add(new Violation("(query)", error.getDefaultMessage())));
    return Problem.invalid(ErrorCode.INVALID_FIELD, violations);
  }

  private static Problem validationErrors(HandlerMethodValidationException e) {
    List<Violation> violations = new ArrayList<>();
    e.getParameterValidationResults()
        .forEach(
            result ->
                result
                    .getResolvableErrors()
                    .forEach(
                        error ->
                            violations.add(
                                new Violation(
                                    name(result.getMethodParameter()),
                                    error.getDefaultMessage()))));
    return Problem.invalid(ErrorCode.INVALID_FIELD, violations);
  }

  private static Answer missing(MissingRequestValueException e) {
    if (IDEMPOTENCY_KEY.equalsIgnoreCase(e.getName())) {
      return new Answer(
          ErrorCode.IDEMPOTENCY_KEY_MISSING,
          "Send an Idempotency-Key header of 1 to 255 visible ASCII characters");
    }
    return invalid(e.getName(), "is required");
  }

  private static Answer input(ServerWebInputException e, ServerHttpRequest request) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      switch (cause) {
        case Problem problem -> {
          return new Answer(problem);
        }
        case DataBufferLimitException _ -> {
          return tooLarge();
        }
        case JacksonException fault -> {
          return new Answer(JsonFaults.explain(fault));
        }
        case TypeMismatchException mismatch -> {
          return mismatch(mismatch, e.getMethodParameter(), request);
        }
        default -> {
          // Wrapped once more.
        }
      }
    }
    return new Answer(
        ErrorCode.MALFORMED_REQUEST,
        e.getReason() != null && e.getReason().startsWith("No request body")
            ? "A body is required"
            : "The request could not be read");
  }

  private static Answer mismatch(
      TypeMismatchException mismatch, MethodParameter parameter, ServerHttpRequest request) {
    if (parameter != null
        && parameter.hasParameterAnnotation(PathVariable.class)
        && request.getMethod() != HttpMethod.PUT) {
      // No thing can have this name. PUT would make the thing, so that the name is to blame.
      return new Answer(ErrorCode.NOT_FOUND, "There is nothing at this address");
    }
    return invalid(
        parameter == null ? String.valueOf(mismatch.getPropertyName()) : name(parameter),
        OurMessages.of(mismatch.getCause(), Expected.of(mismatch.getRequiredType())));
  }

  /** The name of a parameter as the client sends it. */
  private static String name(MethodParameter parameter) {
    String name = "";
    if (parameter.getParameterAnnotation(RequestParam.class) instanceof RequestParam annotation) {
      name = annotation.name();
    } else if (parameter.getParameterAnnotation(RequestHeader.class)
        instanceof RequestHeader annotation) {
      name = annotation.name();
    } else if (parameter.getParameterAnnotation(PathVariable.class)
        instanceof PathVariable annotation) {
      name = annotation.name();
    }
    return name.isEmpty() ? String.valueOf(parameter.getParameter().getName()) : name;
  }

  private static Answer invalid(String field, String message) {
    return new Answer(
        Problem.invalid(ErrorCode.INVALID_FIELD, List.of(new Violation(field, message))));
  }

  /** For what Spring, or a controller by hand, raises with a status only. */
  private static Answer byStatus(ResponseStatusException e) {
    ErrorCode code =
        switch (e.getStatusCode().value()) {
          case 401 -> ErrorCode.UNAUTHENTICATED;
          case 403 -> ErrorCode.FORBIDDEN;
          case 404 -> ErrorCode.NOT_FOUND;
          case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
          case 406 -> ErrorCode.NOT_ACCEPTABLE;
          case 413 -> ErrorCode.PAYLOAD_TOO_LARGE;
          case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
          case 422 -> ErrorCode.INVALID_FIELD;
          case 429 -> ErrorCode.RATE_LIMITED;
          case 503 -> ErrorCode.OVERLOADED;
          default ->
              e.getStatusCode().is4xxClientError()
                  ? ErrorCode.MALFORMED_REQUEST
                  : ErrorCode.INTERNAL;
        };
    if (code == ErrorCode.INTERNAL) {
      return null;
    }
    // A subclass's reason is Spring's and may name classes; a plain one was written for the client.
    String reason = e.getClass() == ResponseStatusException.class ? e.getReason() : null;
    return new Answer(new Problem(code, reason == null ? code.title() : reason), e.getHeaders());
  }
}
