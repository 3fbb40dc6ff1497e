package dev.lastunit.app.analysis;

/** What was asked for cannot be had; the message tells the reason to whoever asked. */
public final class AnalysisException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AnalysisException(String message) {
    super(message);
  }

  AnalysisException(String message, Throwable cause) {
    super(message, cause);
  }
}
