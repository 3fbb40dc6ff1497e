package dev.lastunit.eventstore;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of what other nodes append, within milliseconds, by PostgreSQL's LISTEN and NOTIFY, and
 * tells the feed to read it.
 *
 * <p>Only a hint: a notice that is lost with its connection, or never comes because a connection
 * pooler passes none on, is made up for by the feed's own poll. After a lost connection it listens
 * again, at first at once and then after {@value #LONGEST_PAUSE_MILLIS} ms at most, and the feed
 * looks for what came meanwhile.
 *
 * <p>What this node appends is announced as well; it is recognised by the engine's name and costs
 * nothing further.
 *
 * <p>Threads: one daemon thread between {@link #start()} and {@link #stop()}, with a connection of
 * its own.
 */
public final class AppendNotices {

  private static final Logger LOG = LoggerFactory.getLogger(AppendNotices.class);

  /** Notices are the position of the last event, a space, and the name of the engine. */
  static final String CHANNEL = "lastunit_events";

  private static final int SILENCE_MILLIS = 10_000;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final DataSource connections;
  private final EventFeed feed;
  private final String own;
  private volatile Thread thread;
  private volatile Connection listening;

  /**
   * From now on the engine announces what it appends.
   *
   * @param connections makes PostgreSQL connections that nobody else uses; not a pool
   */
  public AppendNotices(DataSource connections, PostgresEventStorageEngine engine, EventFeed feed) {
    this.connections = connections;
    this.feed = feed;
    this.own = engine.announce();
  }

  /** Begins to listen, in the background. The feed should have started. */
  public synchronized void start() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("append-notices").unstarted(this::run);
      thread.start();
    }
  }

  /** Ends the thread and its connection; waits for it, at most 5 s. */
  public synchronized void stop() {
    Thread running = thread;
    thread = null;
    if (running == null) {
      return;
    }
    LockSupport.unpark(running);
    try {
      Connection connection = listening;
      if (connection != null) {
        connection.abort(Runnable::run);
      }
      running.join(TimeUnit.SECONDS.toMillis(5));
    } catch (SQLException e) {
      LOG.debug("The listening connection could not be ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isRunning() {
    return thread == Thread.currentThread();
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    while (isRunning()) {
      try (Connection connection = connections.getConnection();
          Statement statement = connection.createStatement()) {
        listening = connection;
        statement.execute("listen " + CHANNEL);
        feed.lookAgain();
        pause = FIRST_PAUSE_MILLIS;
        listen(connection, statement);
      } catch (SQLException e) {
        if (isRunning()) {
          LOG.warn("No notices of other nodes' appends, listening again: {}", e.toString());
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
          pause = Math.min(LONGEST_PAUSE_MILLIS, 4 * pause);
        }
      } finally {
        listening = null;
      }
    }
  }

  private void listen(Connection connection, Statement statement) throws SQLException {
    PGConnection notices = connection.unwrap(PGConnection.class);
    while (isRunning()) {
      PGNotification[] heard = notices.getNotifications(SILENCE_MILLIS);
      if (heard == null || heard.length == 0) {
        // Shows whether the connection is still alive.
        statement.execute("select 1");
        continue;
      }
      for (PGNotification notice : heard) {
        take(notice.getParameter());
      }
    }
  }

  private void take(String payload) {
    int space = payload.indexOf(' ');
    if (space < 0 || payload.endsWith(own)) {
      return;
    }
    try {
      feed.appendedElsewhere(Long.parseLong(payload, 0, space, 10));
    } catch (NumberFormatException e) {
      LOG.debug("Not a notice of ours: {}", payload);
    }
  }
}
