package dev.lastunit.ledger.query;

import dev.lastunit.ledger.query.TrialBalance.AccountBalance;
import dev.lastunit.ledger.query.TrialBalance.OpenClearing;
import dev.lastunit.ledger.query.TrialBalance.Total;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.query.ReadModelGate;
import dev.lastunit.shared.query.web.Cursor;
import dev.lastunit.shared.query.web.Page;
import io.r2dbc.spi.Readable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Reads the ledger. Knows nothing of who asks: that is checked by those who call.
 *
 * <p>Thread-safe; never blocks; errors are the database's or READ_MODEL_BEHIND, and a repeat is
 * safe.
 */
public final class LedgerReads {

  /** The handler that writes the model; the key of its position. */
  public static final String MODEL = "ledger.postings";

  private static final String CURSOR = "ledger";

  /** Two lines a transfer: the debit and the credit. */
  private static final String LINES =
      """
      select t.position, t.number, l.side, l.account, l.debit, l.credit, t.currency, t.order_id,
          t.event, t.at
      from ledger.transfer t cross join lateral (
        values (0, t.debit, t.amount, 0::bigint), (1, t.credit, 0::bigint, t.amount)
      ) as l(side, account, debit, credit)
      """;

  private static final String SUMS =
      """
      select l.account, t.currency, sum(l.debit) as debit, sum(l.credit) as credit
      from ledger.transfer t cross join lateral (
        values (t.debit, t.amount, 0::bigint), (t.credit, 0::bigint, t.amount)
      ) as l(account, debit, credit)
      group by l.account, t.currency order by t.currency, l.account
      """;

  private static final String OPEN =
      """
      select count(distinct order_id) as open,
          count(distinct order_id) filter (where since < :overdue) as overdue, min(since) as since
      from ledger.open_clearing
      """;

  private final DatabaseClient database;
  private final ReadModelGate gate;
  private final Clock clock;
  private final Duration settle;

  /**
   * @param settle how long something may stay in clearing before it is overdue
   */
  LedgerReads(DatabaseClient database, ReadModelGate gate, Clock clock, Duration settle) {
    this.database = database;
    this.gate = gate;
    this.clock = clock;
    this.settle = settle;
  }

  /** An answer, and how far the model was. */
  public record Found<T>(T value, long position) {}

  /** A line with its place in the whole ledger. */
  private record Placed(LedgerLine line, int number, int side) {}

  /**
   * All lines of an order, oldest first; none when it has none. At most some dozens, since an order
   * has one payment.
   *
   * @param minPosition what the model must have reached, 0 for any
   */
  public Mono<Found<Page<LedgerLine>>> ofOrder(OrderId order, long minPosition) {
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                database
                    .sql(LINES + " where t.order_id = :order order by t.position, t.number, l.side")
                    .bind("order", order.value())
                    .map(LedgerReads::placed)
                    .all()
                    .map(Placed::line)
                    .collectList()
                    .map(lines -> new Found<>(new Page<>(lines, null), position)));
  }

  /**
   * A page of all lines, oldest first.
   *
   * @param cursor what the page before said; null for the first page
   */
  public Mono<Found<Page<LedgerLine>>> all(String cursor, int limit, long minPosition) {
    Cursor after = cursor == null ? null : Cursor.read(cursor, CURSOR, 3);
    long position = after == null ? 0 : after.number(0);
    int number = after == null ? 0 : after.as(1, Integer::valueOf);
    int side = after == null ? 0 : after.as(2, Integer::valueOf);
    return gate.reached(MODEL, minPosition)
        .flatMap(
            reached ->
                database
                    .sql(
                        LINES
                            + " where (t.position, t.number) >= (:position, :number)"
                            + " and (t.position, t.number, l.side) > (:position, :number, :side)"
                            + " order by t.position, t.number, l.side limit :limit")
                    .bind("position", position)
                    .bind("number", number)
                    .bind("side", side)
                    .bind("limit", limit + 1)
                    .map(LedgerReads::placed)
                    .all()
                    .collectList()
                    .map(lines -> new Found<>(page(lines, limit), reached)));
  }

  private static Page<LedgerLine> page(List<Placed> found, int limit) {
    boolean more = found.size() > limit;
    List<Placed> items = more ? found.subList(0, limit) : found;
    Placed last = more ? items.getLast() : null;
    return new Page<>(
        items.stream().map(Placed::line).toList(),
        last == null
            ? null
            : Cursor.of(CURSOR, last.line().position(), last.number(), last.side()).text());
  }

  /** The sums of the whole ledger. Reads every line. */
  public Mono<Found<TrialBalance>> trialBalance(long minPosition) {
    return gate.reached(MODEL, minPosition)
        .flatMap(
            position ->
                database
                    .sql(SUMS)
                    .map(LedgerReads::balance)
                    .all()
                    .collectList()
                    .zipWith(clearing(), LedgerReads::trialBalance)
                    .map(sums -> new Found<>(sums, position)));
  }

  /** What is open in clearing. */
  public Mono<OpenClearing> clearing() {
    return Mono.defer(
        () ->
            database
                .sql(OPEN)
                .bind("overdue", clock.instant().minus(settle).atOffset(ZoneOffset.UTC))
                .map(
                    row ->
                        new OpenClearing(
                            row.get("open", Long.class),
                            row.get("overdue", Long.class),
                            row.get("since", Instant.class)))
                .one());
  }

  private static TrialBalance trialBalance(List<AccountBalance> items, OpenClearing clearing) {
    Map<String, Total> totals = new TreeMap<>();
    for (AccountBalance item : items) {
      totals.merge(
          item.currency(),
          new Total(item.currency(), item.debit(), item.credit()),
          (one, other) ->
              new Total(
                  one.currency(),
                  one.debit().add(other.debit()),
                  one.credit().add(other.credit())));
    }
    List<Total> all = List.copyOf(totals.values());
    return new TrialBalance(
        all.stream().allMatch(total -> total.debit().equals(total.credit())), items, all, clearing);
  }

  private static AccountBalance balance(Readable row) {
    BigInteger debit = row.get("debit", BigDecimal.class).toBigIntegerExact();
    BigInteger credit = row.get("credit", BigDecimal.class).toBigIntegerExact();
    return new AccountBalance(
        row.get("account", String.class),
        row.get("currency", String.class),
        debit,
        credit,
        debit.subtract(credit));
  }

  private static Placed placed(Readable row) {
    return new Placed(
        new LedgerLine(
            row.get("position", Long.class),
            row.get("account", String.class),
            row.get("debit", Long.class),
            row.get("credit", Long.class),
            row.get("currency", String.class),
            new OrderId(row.get("order_id", String.class)),
            row.get("event", String.class),
            row.get("at", Instant.class)),
        row.get("number", Integer.class),
        row.get("side", Integer.class));
  }
}
