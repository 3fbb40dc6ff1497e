package dev.lastunit.catalogue.command.web;

/**
 * A record that is not taken over, with the reason that the importer is told. Has no stack trace.
 */
final class RejectedLineException extends Exception {

  private static final long serialVersionUID = 1L;

  RejectedLineException(String reason) {
    super(reason, null, false, false);
  }
}
