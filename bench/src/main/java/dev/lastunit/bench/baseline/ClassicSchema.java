package dev.lastunit.bench.baseline;

import dev.lastunit.bench.shop.Catalogue;
import dev.lastunit.bench.shop.Product;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;

/** The tables of the classic shop, made anew and filled. */
public final class ClassicSchema {

  private static final String TABLES =
      """
      drop schema if exists classic cascade;
      create schema classic;
      create table classic.product (
        sku text collate "C" primary key, name text not null, description text not null,
        brand text not null, category text not null, price bigint not null);
      create table classic.stock (
        sku text collate "C" primary key, on_hand int not null, reserved int not null)
        with (fillfactor = 50);
      create table classic.orders (
        id bigserial primary key, customer text not null, key text not null, total bigint not null,
        placed_at timestamptz not null, address text not null, unique (customer, key));
      create table classic.line (
        order_id bigint not null, sku text collate "C" not null, quantity int not null,
        unit_price bigint not null, primary key (order_id, sku));
      """;

  private ClassicSchema() {}

  /** Makes and fills them; blocks. */
  public static void create(Connection connection, List<Product> products)
      throws SQLException, IOException {
    StringBuilder rows = new StringBuilder();
    StringBuilder stock = new StringBuilder();
    for (Product product : products) {
      List<String> cells =
          List.of(
              product.sku(),
              product.name(),
              product.description(),
              product.brand(),
              product.category(),
              Long.toString(product.pence()));
      rows.append(String.join("\t", cells.stream().map(ClassicSchema::escape).toList()))
          .append('\n');
      stock.append(escape(product.sku())).append('\t').append(Catalogue.UNITS).append("\t0\n");
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(TABLES);
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      copy.copyIn("copy classic.product from stdin", new StringReader(rows.toString()));
      copy.copyIn("copy classic.stock from stdin", new StringReader(stock.toString()));
      statement.execute("vacuum analyze classic.product");
      statement.execute("vacuum analyze classic.stock");
    }
  }

  private static String escape(String cell) {
    return cell.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ");
  }
}
