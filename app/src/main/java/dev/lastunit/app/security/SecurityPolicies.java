package dev.lastunit.app.security;

/** What answers tell browsers to allow. */
public final class SecurityPolicies {

  /** For answers of the API: nothing in them is to be run or framed. */
  public static final String API = "default-src 'none'; frame-ancestors 'none'";

  /** No answer needs what a device can sense. */
  public static final String PERMISSIONS = "camera=(), geolocation=(), microphone=()";

  /** For pages (Swagger UI): their own scripts and pictures, calls to this service only. */
  static final String PAGE =
      "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline';"
          + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private SecurityPolicies() {}
}
