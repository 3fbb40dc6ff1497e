package dev.lastunit.ledger.api;

/**
 * An account of the ledger. Debits make it larger, credits smaller; an account that by its nature
 * is credited, such as revenue, therefore has a balance below zero.
 */
public enum Account {
  /** What customers owe us; below zero, what we owe them. */
  CUSTOMER_RECEIVABLE("customer-receivable"),
  /** What the provider holds for us and has neither taken nor let go. */
  PROVIDER_CLEARING("provider-clearing"),
  /** What the provider has taken for us and not given back. */
  PROVIDER_BALANCE("provider-balance"),
  /** What was sold and paid for. */
  REVENUE("revenue"),
  /** What was given back of it. */
  REFUNDS("refunds");

  private final String text;

  Account(String text) {
    this.text = text;
  }

  /** The word that clients see and tables hold. */
  public String text() {
    return text;
  }
}
