package dev.lastunit.eventstore;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * The statements over {@code eventstore.processor}: positions of event handlers and who has claimed
 * them. Blocks; takes part in the transaction that is bound to the calling thread. The database's
 * clock decides when a claim has run out, so that the nodes' clocks need not agree.
 */
final class PositionStore {

  private final JdbcTemplate jdbc;
  private final String node;
  private final String claim;

  PositionStore(JdbcTemplate jdbc, String node, Duration claim) {
    this.jdbc = jdbc;
    this.node = node;
    this.claim = claim.toMillis() + " milliseconds";
  }

  /** Makes rows for handlers that have none; they begin before the first event. */
  void create(Collection<String> handlers) {
    jdbc.update(
        "insert into eventstore.processor (name) select unnest(?::text[]) on conflict do nothing",
        statement ->
            statement.setArray(
                1, statement.getConnection().createArrayOf("text", handlers.toArray())));
  }

  /**
   * A claim.
   *
   * @param position stored position of the handler
   * @param number grows with every claim of the handler, whoever makes it
   */
  record Claim(long position, long number) {}

  /**
   * Claims those of these handlers that nobody else holds. Not for handlers that the node runs: a
   * new claim ends what an earlier one began.
   */
  Map<String, Claim> claim(Collection<String> handlers) {
    Map<String, Claim> gained = new HashMap<>();
    jdbc.query(
        "update eventstore.processor set owner = ?, claimed_until = now() + ?::interval,"
            + " claim_number = claim_number + 1 where name = any (?)"
            + " and (owner is null or owner = ? or claimed_until < now())"
            + " returning name, position, claim_number",
        statement -> {
          statement.setString(1, node);
          statement.setString(2, claim);
          statement.setArray(
              3, statement.getConnection().createArrayOf("text", handlers.toArray()));
          statement.setString(4, node);
        },
        row -> {
          gained.put(row.getString(1), new Claim(row.getLong(2), row.getLong(3)));
        });
    return gained;
  }

  /**
   * Renews claims and stores positions that have advanced without a batch.
   *
   * @return the handlers whose claims this node still holds
   */
  Set<String> renew(Map<String, Long> positions) {
    List<Map.Entry<String, Long>> entries = List.copyOf(positions.entrySet());
    Set<String> kept = new HashSet<>();
    if (entries.isEmpty()) {
      return kept;
    }
    jdbc.query(
        "update eventstore.processor p set claimed_until = now() + ?::interval,"
            + " position = greatest(p.position, v.position)"
            + " from unnest(?::text[], ?::bigint[]) v(name, position)"
            + " where p.name = v.name and p.owner = ? returning p.name",
        statement -> {
          var connection = statement.getConnection();
          statement.setString(1, claim);
          statement.setArray(
              2,
              connection.createArrayOf("text", entries.stream().map(Map.Entry::getKey).toArray()));
          statement.setArray(
              3,
              connection.createArrayOf(
                  "int8", entries.stream().map(Map.Entry::getValue).toArray()));
          statement.setString(4, node);
        },
        row -> {
          kept.add(row.getString(1));
        });
    return kept;
  }

  /** Every handler's stored position, whoever runs it. */
  Map<String, Long> positions() {
    Map<String, Long> all = new HashMap<>();
    jdbc.query(
        "select name, position from eventstore.processor",
        (RowCallbackHandler) row -> put(all, row));
    return all;
  }

  /**
   * Stores a handler's position as the last step of its batch. The commit waits for the disk: this
   * node goes on from memory, and would never handle again what a crash of the database alone
   * undid.
   *
   * @param first position of the batch's first event; nobody must have handled it yet, be it this
   *     node in an earlier claim
   * @return false when another node holds the claim, or held it meanwhile and handled the batch; it
   *     must be rolled back then
   */
  boolean advance(String handler, long first, long position) {
    return jdbc.update(
            "update eventstore.processor set position = ?"
                + " where name = ? and owner = ? and position < ?",
            position,
            handler,
            node,
            first)
        == 1;
  }

  /**
   * Whether a claim of this node is the present one, for as long as the present transaction lasts:
   * nobody takes it before that has ended. Its commit waits for the disk, whatever was set before,
   * for the same reason as that of {@link #advance}.
   */
  boolean holds(String handler, long number) {
    Boolean held =
        jdbc.query(
            "select owner = ? and claim_number = ?, set_config('synchronous_commit', 'on', true)"
                + " from eventstore.processor where name = ? for update",
            row -> row.next() && row.getBoolean(1),
            node,
            number,
            handler);
    return Boolean.TRUE.equals(held);
  }

  /** Position of the last event in the store. */
  long head() {
    Long head =
        jdbc.queryForObject("select coalesce(max(position), 0) from eventstore.event", Long.class);
    return head == null ? 0 : head;
  }

  /** Lets go of everything that this node holds. */
  void release() {
    jdbc.update(
        "update eventstore.processor set owner = null, claimed_until = null where owner = ?", node);
  }

  private static void put(Map<String, Long> positions, ResultSet row) throws SQLException {
    positions.put(row.getString(1), row.getLong(2));
  }
}
