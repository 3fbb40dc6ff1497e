package dev.lastunit.ledger.api;

import dev.lastunit.shared.api.Money;

/**
 * An amount that is debited to one account and credited to another: two lines of the ledger that
 * can only be written together, so that whatever is made of transfers is balanced.
 *
 * @param amount more than zero
 */
public record Transfer(Account debit, Account credit, Money amount) {

  /** Checks that it moves something. */
  public Transfer {
    if (debit == credit) {
      throw new IllegalArgumentException("A transfer needs two accounts, not twice " + debit);
    }
    if (amount.amount() <= 0) {
      throw new IllegalArgumentException("A transfer moves more than zero: " + amount);
    }
  }
}
