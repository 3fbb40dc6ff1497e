package dev.lastunit.app.simulator;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a charge stands. The wire name, also used in the database, is the lower-case name. */
enum ChargeStatus {
  /** Neither yes nor no yet; no money is held. */
  PENDING,
  /** Money is held and may be captured or given up. */
  AUTHORISED,
  /** Money was taken; some of it may have been given back. */
  CAPTURED,
  /** Refused for good. */
  DECLINED,
  /** Given up before any money was taken, for good. */
  VOIDED,
  /** All that was taken has been given back. */
  REFUNDED;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name on the wire and in the database. */
  @JsonValue
  String wireName() {
    return wireName;
  }

  /**
   * The status of this wire name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static ChargeStatus ofWireName(String wireName) {
    for (var status : values()) {
      if (status.wireName.equals(wireName)) {
        return status;
      }
    }
    throw new IllegalArgumentException("No charge status is called " + wireName);
  }
}
