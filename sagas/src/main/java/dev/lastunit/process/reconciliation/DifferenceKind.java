package dev.lastunit.process.reconciliation;

/** In what our books and the provider's differ. */
enum DifferenceKind {
  /** The provider holds or has taken money of which no payment of ours knows. */
  CHARGED_WITHOUT_RECORD("charged-without-record"),
  /** Beside the charge that our payment knows there is another that holds or has taken money. */
  CHARGED_TWICE("charged-twice"),
  /** Our payment should have a charge, and the provider has none. */
  RECORDED_WITHOUT_CHARGE("recorded-without-charge"),
  /** Charged or taken was another amount than our payment says. */
  AMOUNT_DIFFERS("amount-differs"),
  /** The charge has got to another point than our payment. */
  STATUS_DIFFERS("status-differs"),
  /** Given back was another amount than our payment says. */
  REFUNDED_DIFFERS("refunded-differs");

  private final String text;

  DifferenceKind(String text) {
    this.text = text;
  }

  /** The word that clients see and tables hold. */
  String text() {
    return text;
  }

  /** The kind of a word. */
  static DifferenceKind of(String text) {
    for (DifferenceKind kind : values()) {
      if (kind.text.equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("No difference is called " + text);
  }
}
