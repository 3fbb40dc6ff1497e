package dev.lastunit.ledger.projection;

import dev.lastunit.ledger.api.Clearing;
import dev.lastunit.ledger.api.Postings;
import dev.lastunit.ledger.api.Transfer;
import dev.lastunit.payment.api.PaymentEvent;
import dev.lastunit.shared.api.Event;
import dev.lastunit.shared.api.EventBatchHandler;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.projection.RowBatch;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The ledger: the tables {@code ledger.transfer}, one row a transfer, and {@code
 * ledger.open_clearing}, what clearing holds now.
 *
 * <p>A batch costs one read and one insert, and one statement more each for clearing that is open
 * at its end or was at its beginning. An event up to the last position in the table changes
 * nothing, so a batch may be handled again. Errors propagate and stop the handler.
 */
final class LedgerProjection implements EventBatchHandler {

  private static final String NAME = "ledger.postings";

  /** One row at least, also when nothing is open. */
  private static final String STORED =
      """
      select m.posted, c.order_id, c.currency, c.held, c.since
      from (select coalesce((select max(position) from ledger.transfer), 0) as posted) m
        left join ledger.open_clearing c on c.order_id = any(?)
      """;

  private static final String INSERT =
      """
      insert into ledger.transfer (
        position, number, order_id, event, at, debit, credit, amount, currency)
      select * from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String OPEN =
      """
      insert into ledger.open_clearing (order_id, currency, held, since, position)
      select * from unnest(?, ?, ?, ?, ?)
      on conflict (order_id, currency) do update
         set held = excluded.held, position = excluded.position
      """;

  private static final String SETTLE =
      """
      delete from ledger.open_clearing c
      using (select * from unnest(?, ?)) as s(order_id, currency)
      where c.order_id = s.order_id and c.currency = s.currency
      """;

  private record Key(String orderId, String currency) {}

  /** What clearing holds of one payment, on its way through a batch. */
  private static final class Account {
    private Clearing clearing = Clearing.NONE;
    private final Map<String, Instant> since = new HashMap<>();
    private long position;
  }

  private final JdbcTemplate jdbc;

  LedgerProjection(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<Class<? extends Event>> concerns() {
    return Set.copyOf(Postings.POSTED);
  }

  /**
   * Nobody waits for the ledger while buying, and in a longer batch more payments go through
   * clearing without a row.
   */
  @Override
  public Duration pace() {
    return Duration.ofMillis(200);
  }

  @Override
  public void handle(List<RecordedEvent> batch) {
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof PaymentEvent payment) {
        accounts.computeIfAbsent(payment.orderId().value(), order -> new Account());
      }
    }
    if (accounts.isEmpty()) {
      return;
    }
    Map<Key, Long> before = new HashMap<>();
    long posted = read(accounts, before);
    RowBatch transfers =
        new RowBatch("int8", "int4", "text", "text", "timestamptz", "text", "text", "int8", "text");
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof PaymentEvent payment && event.position() > posted) {
        post(event, payment, accounts.get(payment.orderId().value()), transfers);
      }
    }
    transfers.write(jdbc, INSERT);
    write(accounts, before);
  }

  /** What is held of the batch's payments; answers the last position that has posted something. */
  private long read(Map<String, Account> accounts, Map<Key, Long> before) {
    long[] posted = {0};
    jdbc.query(
        connection -> {
          var statement = connection.prepareStatement(STORED);
          statement.setArray(1, connection.createArrayOf("text", accounts.keySet().toArray()));
          return statement;
        },
        row -> {
          posted[0] = row.getLong("posted");
          String order = row.getString("order_id");
          if (order != null) {
            String currency = row.getString("currency");
            long held = row.getLong("held");
            Account account = accounts.get(order);
            TreeMap<String, Long> all = new TreeMap<>(account.clearing.held());
            all.put(currency, held);
            account.clearing = new Clearing(all);
            account.since.put(currency, row.getObject("since", OffsetDateTime.class).toInstant());
            before.put(new Key(order, currency), held);
          }
        });
    return posted[0];
  }

  private static void post(
      RecordedEvent event, PaymentEvent payment, Account account, RowBatch transfers) {
    Postings postings = Postings.of(account.clearing, payment);
    int number = 0;
    for (Transfer transfer : postings.transfers()) {
      transfers.add(
          event.position(),
          number++,
          payment.orderId().value(),
          payment.getClass().getSimpleName(),
          event.at(),
          transfer.debit().text(),
          transfer.credit().text(),
          transfer.amount().amount(),
          transfer.amount().currency());
    }
    account.clearing = postings.after();
    account.position = event.position();
    account.since.keySet().retainAll(account.clearing.held().keySet());
    account
        .clearing
        .held()
        .keySet()
        .forEach(currency -> account.since.putIfAbsent(currency, event.at()));
  }

  private void write(Map<String, Account> accounts, Map<Key, Long> before) {
    RowBatch open = new RowBatch("text", "text", "int8", "timestamptz", "int8");
    accounts.forEach(
        (order, account) ->
            account
                .clearing
                .held()
                .forEach(
                    (currency, held) -> {
                      if (!held.equals(before.remove(new Key(order, currency)))) {
                        open.add(
                            order, currency, held, account.since.get(currency), account.position);
                      }
                    }));
    open.write(jdbc, OPEN);
    RowBatch settled = new RowBatch("text", "text");
    before.keySet().forEach(key -> settled.add(key.orderId(), key.currency()));
    settled.write(jdbc, SETTLE);
  }
}
