package dev.lastunit.process.expiry;

import dev.lastunit.shared.api.Sku;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table of deadlines, one row for each SKU with an open reservation. Blocks; takes part in the
 * transaction that is bound to the calling thread.
 */
final class DeadlineStore {

  /**
   * A deadline that this node has taken on.
   *
   * @param version of the row when it was taken
   */
  record Claim(Sku sku, long version) {}

  /**
   * What came of asking a SKU.
   *
   * @param next when to ask it again; null when it has nothing open
   */
  record Settled(Claim claim, Instant next) {}

  private final JdbcTemplate jdbc;

  DeadlineStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Makes sure that each SKU is looked at no later than at its instant. A row that somebody has
   * taken on changes its version in any case: the answer that is on its way may not know of the
   * reservation that this deadline stands for.
   */
  void lower(Map<Sku, Instant> earliest) {
    // In the order of keys, so that two writers never wait for each other.
    List<Sku> skus = earliest.keySet().stream().sorted().toList();
    jdbc.update(
        "insert into process.reservation_deadline as d (sku, due_at, version)"
            + " select v.sku, v.due_at, 1 from unnest(?::text[], ?::timestamptz[]) v(sku, due_at)"
            + " on conflict (sku) do update set due_at = least(d.due_at, excluded.due_at),"
            + " version = d.version + 1"
            + " where excluded.due_at < d.due_at or d.claimed_until is not null",
        ps -> {
          ps.setArray(1, texts(ps.getConnection(), skus));
          ps.setArray(
              2,
              ps.getConnection()
                  .createArrayOf(
                      "timestamptz",
                      skus.stream().map(sku -> earliest.get(sku).toString()).toArray()));
        });
  }

  /** Takes on what is due, the earliest first. */
  List<Claim> claim(int limit, Instant now, Instant until) {
    return jdbc.query(
        "update process.reservation_deadline d set claimed_until = ?, version = d.version + 1"
            + " where d.sku = any (array(select c.sku from process.reservation_deadline c"
            + " where c.due_at <= ? and (c.claimed_until is null or c.claimed_until <= ?)"
            + " order by c.due_at limit ? for update skip locked))"
            + " returning d.sku, d.version",
        ps -> {
          ps.setTimestamp(1, Timestamp.from(until));
          ps.setTimestamp(2, Timestamp.from(now));
          ps.setTimestamp(3, Timestamp.from(now));
          ps.setInt(4, limit);
        },
        (rs, n) -> new Claim(new Sku(rs.getString(1)), rs.getLong(2)));
  }

  /**
   * Writes when to look again, or removes the deadline. A row that changed since it was taken on is
   * only let go of, and so looked at once more.
   */
  void settle(Collection<Settled> all) {
    List<Settled> sorted =
        all.stream()
            .sorted((one, other) -> one.claim().sku().compareTo(other.claim().sku()))
            .toList();
    List<Settled> over = sorted.stream().filter(one -> one.next() == null).toList();
    List<Settled> later = sorted.stream().filter(one -> one.next() != null).toList();
    if (!over.isEmpty()) {
      jdbc.update(
          "delete from process.reservation_deadline d using"
              + " unnest(?::text[], ?::bigint[]) v(sku, version)"
              + " where d.sku = v.sku and d.version = v.version",
          ps -> {
            ps.setArray(1, texts(ps.getConnection(), skus(over)));
            ps.setArray(2, versions(ps.getConnection(), over));
          });
    }
    if (!later.isEmpty()) {
      jdbc.update(
          "update process.reservation_deadline d set due_at = v.due_at, version = d.version + 1"
              + " from unnest(?::text[], ?::bigint[], ?::timestamptz[]) v(sku, version, due_at)"
              + " where d.sku = v.sku and d.version = v.version",
          ps -> {
            ps.setArray(1, texts(ps.getConnection(), skus(later)));
            ps.setArray(2, versions(ps.getConnection(), later));
            ps.setArray(
                3,
                ps.getConnection()
                    .createArrayOf(
                        "timestamptz", later.stream().map(one -> one.next().toString()).toArray()));
          });
    }
    letGo(sorted.stream().map(Settled::claim).toList());
  }

  /** Gives claims back unsettled. */
  void letGo(Collection<Claim> claims) {
    jdbc.update(
        "update process.reservation_deadline d set claimed_until = null, version = d.version + 1"
            + " where d.sku = any (?) and d.claimed_until is not null",
        ps ->
            ps.setArray(
                1, texts(ps.getConnection(), claims.stream().map(Claim::sku).sorted().toList())));
  }

  private static List<Sku> skus(List<Settled> all) {
    return all.stream().map(one -> one.claim().sku()).toList();
  }

  private static java.sql.Array texts(java.sql.Connection connection, List<Sku> skus)
      throws java.sql.SQLException {
    return connection.createArrayOf("text", skus.stream().map(Sku::value).toArray());
  }

  private static java.sql.Array versions(java.sql.Connection connection, List<Settled> all)
      throws java.sql.SQLException {
    return connection.createArrayOf(
        "int8", all.stream().map(one -> one.claim().version()).toArray());
  }
}
