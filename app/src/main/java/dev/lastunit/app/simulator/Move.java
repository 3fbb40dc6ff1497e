package dev.lastunit.app.simulator;

/** What a client may ask of a charge that exists. The state table is in the package's page. */
enum Move {
  /** Takes held money, all or a part; the rest is given up. */
  CAPTURE("capture", "captured"),
  /** Gives taken money back, all that is left or a part. */
  REFUND("refunds", "refunded"),
  /** Gives up a charge of which no money was taken. */
  VOID("void", "voided");

  private final String path;
  private final String pastTense;

  Move(String path, String pastTense) {
    this.path = path;
    this.pastTense = pastTense;
  }

  /** The last segment of the call's path. */
  String path() {
    return path;
  }

  /** The kind of its entries; also for messages: "cannot be captured". */
  String pastTense() {
    return pastTense;
  }
}
