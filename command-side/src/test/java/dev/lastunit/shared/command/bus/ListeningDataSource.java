package dev.lastunit.shared.command.bus;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Tells a listener of each round trip: the text of a statement that is executed, or {@code commit}
 * or {@code rollback} when the driver has to send one.
 */
final class ListeningDataSource extends DelegatingDataSource {

  /** Learns of round trips on the thread that makes them, and may break them. */
  interface Listener {
    void before(Connection connection, String sql) throws SQLException;

    void after(String sql) throws SQLException;
  }

  private final Listener listener;

  ListeningDataSource(DataSource inner, Listener listener) {
    super(inner);
    this.listener = listener;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection inner = super.getConnection();
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (isEnd(method)
              && inner.unwrap(BaseConnection.class).getTransactionState()
                  != TransactionState.IDLE) {
            listener.before(inner, method.getName());
          }
          Object result = invoke(inner, method, arguments);
          if (result instanceof PreparedStatement statement) {
            return statement(inner, PreparedStatement.class, statement, (String) arguments[0]);
          }
          return result instanceof Statement statement
              ? statement(inner, Statement.class, statement, null)
              : result;
        });
  }

  private static boolean isEnd(Method method) {
    return method.getName().equals("commit") || method.getName().equals("rollback");
  }

  private <S extends Statement> S statement(
      Connection connection, Class<S> type, S inner, String prepared) {
    return proxy(
        type,
        (method, arguments) -> {
          if (!method.getName().startsWith("execute")) {
            return invoke(inner, method, arguments);
          }
          String sql = prepared == null ? String.valueOf(arguments[0]) : prepared;
          listener.before(connection, sql);
          Object result = invoke(inner, method, arguments);
          listener.after(sql);
          return result;
        });
  }

  private interface Call {
    Object invoke(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.invoke(method, arguments)));
  }

  private static Object invoke(Object inner, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(inner, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
