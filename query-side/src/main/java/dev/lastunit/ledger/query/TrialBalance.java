package dev.lastunit.ledger.query;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/**
 * The whole ledger in sums. Amounts are minor units and may exceed what fits into 64 bits, as sums
 * of many orders.
 *
 * @param balanced whether debits and credits are the same in every currency
 * @param items by account and currency
 * @param totals by currency
 */
public record TrialBalance(
    boolean balanced, List<AccountBalance> items, List<Total> totals, OpenClearing clearing) {

  /**
   * One account in one currency.
   *
   * @param balance debits less credits
   */
  public record AccountBalance(
      String account, String currency, BigInteger debit, BigInteger credit, BigInteger balance) {}

  /** All accounts in one currency. */
  public record Total(String currency, BigInteger debit, BigInteger credit) {}

  /**
   * What has not left clearing.
   *
   * @param open payments that have something in it
   * @param overdue those among them that have had it for too long
   * @param since when the oldest came in; null when none is open
   */
  public record OpenClearing(long open, long overdue, Instant since) {}
}
