package dev.lastunit.shared.command.bus;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Tells a listener of each round trip: the text of a statement that is executed, or {@code commit}
 * or {@code rollback} when the driver has to send one.
 */
final class ListeningDataSource extends DelegatingDataSource {

  private final Consumer<String> listener;

  ListeningDataSource(DataSource inner, Consumer<String> listener) {
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
            listener.accept(method.getName());
          }
          Object result = invoke(inner, method, arguments);
          if (result instanceof PreparedStatement statement) {
            return statement(PreparedStatement.class, statement, (String) arguments[0]);
          }
          return result instanceof Statement statement
              ? statement(Statement.class, statement, null)
              : result;
        });
  }

  private static boolean isEnd(Method method) {
    return method.getName().equals("commit") || method.getName().equals("rollback");
  }

  private <S extends Statement> S statement(Class<S> type, S inner, String sql) {
    return proxy(
        type,
        (method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            listener.accept(sql == null ? String.valueOf(arguments[0]) : sql);
          }
          return invoke(inner, method, arguments);
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
