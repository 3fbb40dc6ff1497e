package dev.lastunit.bench.baseline;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Orders and products in plain SQL. An order is one transaction: the order on conflict do nothing,
 * its lines, a guarded update of each SKU's stock. Names and prices are kept in memory, in favour
 * of this shop. Blocks.
 */
final class ClassicOrders {

  private static final String CUSTOMER = "bench-buyer";

  private final DataSource dataSource;
  private final Map<String, Offer> offers;

  /** What a SKU is sold as and for. */
  record Offer(String name, long pence) {}

  /** A line that is asked for. */
  record Line(String sku, int quantity) {}

  /** A line that was sold. */
  record Sold(String sku, String name, int quantity, long unitPence) {

    long pence() {
      return quantity * unitPence;
    }
  }

  /** An order as it stands in the tables. */
  record Order(long id, Instant placedAt, List<Sold> lines, boolean replayed) {

    long pence() {
      return lines.stream().mapToLong(Sold::pence).sum();
    }
  }

  /** A product and what is left of it. */
  record Page(
      String sku,
      String name,
      String description,
      String brand,
      String category,
      long pence,
      int available) {}

  ClassicOrders(DataSource dataSource) throws SQLException {
    this.dataSource = dataSource;
    try (Connection connection = dataSource.getConnection();
        PreparedStatement select =
            connection.prepareStatement("select sku, name, price from classic.product");
        ResultSet rows = select.executeQuery()) {
      Map<String, Offer> read = new HashMap<>();
      while (rows.next()) {
        read.put(rows.getString(1), new Offer(rows.getString(2), rows.getLong(3)));
      }
      this.offers = Map.copyOf(read);
    }
  }

  /**
   * Places an order, or finds the one that the key has placed before.
   *
   * @return empty when a SKU is unknown or there is not enough of it
   */
  Optional<Order> place(String key, String address, List<Line> wanted) throws SQLException {
    if (!wanted.stream().allMatch(line -> offers.containsKey(line.sku()))) {
      return Optional.empty();
    }
    // Always in the same order, so that two orders do not wait for each other.
    List<Sold> lines =
        wanted.stream()
            .sorted(Comparator.comparing(Line::sku))
            .map(line -> sold(line.sku(), line.quantity(), offers.get(line.sku()).pence()))
            .toList();
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      Order order = new Order(0, Instant.now(), lines, false);
      Optional<Long> id = insertOrder(connection, key, address, order);
      if (id.isEmpty()) {
        connection.rollback();
        return Optional.of(find(connection, key));
      }
      insertLines(connection, id.get(), lines);
      if (!takeStock(connection, lines)) {
        connection.rollback();
        return Optional.empty();
      }
      connection.commit();
      return Optional.of(new Order(id.get(), order.placedAt(), lines, false));
    }
  }

  private Sold sold(String sku, int quantity, long unitPence) {
    return new Sold(sku, offers.get(sku).name(), quantity, unitPence);
  }

  private static Optional<Long> insertOrder(
      Connection connection, String key, String address, Order order) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into classic.orders (customer, key, total, placed_at, address)"
                + " values (?, ?, ?, ?, ?) on conflict do nothing returning id")) {
      insert.setString(1, CUSTOMER);
      insert.setString(2, key);
      insert.setLong(3, order.pence());
      insert.setTimestamp(4, Timestamp.from(order.placedAt()));
      insert.setString(5, address);
      try (ResultSet row = insert.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  private static void insertLines(Connection connection, long id, List<Sold> lines)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into classic.line (order_id, sku, quantity, unit_price)"
                + " values (?, ?, ?, ?)")) {
      for (Sold line : lines) {
        insert.setLong(1, id);
        insert.setString(2, line.sku());
        insert.setInt(3, line.quantity());
        insert.setLong(4, line.unitPence());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static boolean takeStock(Connection connection, List<Sold> lines) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update classic.stock set on_hand = on_hand - ?"
                + " where sku = ? and on_hand - reserved >= ?")) {
      for (Sold line : lines) {
        update.setInt(1, line.quantity());
        update.setString(2, line.sku());
        update.setInt(3, line.quantity());
        update.addBatch();
      }
      for (int changed : update.executeBatch()) {
        if (changed != 1) {
          return false;
        }
      }
      return true;
    }
  }

  private Order find(Connection connection, String key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select o.id, o.placed_at, l.sku, l.quantity, l.unit_price"
                + " from classic.orders o join classic.line l on l.order_id = o.id"
                + " where o.customer = ? and o.key = ? order by l.sku")) {
      select.setString(1, CUSTOMER);
      select.setString(2, key);
      List<Sold> lines = new ArrayList<>();
      long id = 0;
      Instant placedAt = null;
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          id = rows.getLong(1);
          placedAt = rows.getTimestamp(2).toInstant();
          lines.add(sold(rows.getString(3), rows.getInt(4), rows.getLong(5)));
        }
      }
      connection.rollback();
      return new Order(id, placedAt, lines, true);
    }
  }

  /** A product as it stands now. */
  Optional<Page> product(String sku) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select p.name, p.description, p.brand, p.category, p.price,"
                    + " s.on_hand - s.reserved"
                    + " from classic.product p join classic.stock s using (sku)"
                    + " where p.sku = ?")) {
      select.setString(1, sku);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Page(
                    sku,
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getLong(5),
                    row.getInt(6)))
            : Optional.empty();
      }
    }
  }
}
