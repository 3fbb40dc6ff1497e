package dev.lastunit.eventstore;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes partitions of {@code eventstore.event} ahead of need: at the start, and whenever less than
 * one whole partition lies ahead of the last position.
 *
 * <p><b>Locks.</b> A table is made by itself and then attached. Attaching needs the default
 * partition for itself for a moment, and so waits for every transaction that has read events, and
 * keeps appends waiting meanwhile. It therefore gives up after {@value #PATIENCE_MILLIS} ms, as
 * when a backup is running, and is tried again a minute later; there is room for millions of events
 * until then.
 *
 * <p><b>Failures harm nobody.</b> What finds no partition goes to the default one. Then the next
 * partition begins at the next multiple of the size, since PostgreSQL attaches none whose rows lie
 * in the default partition; until there events go on going to the default partition.
 *
 * <p><b>Several nodes</b> do this one after the other.
 *
 * <p>Threads: one daemon thread between {@link #start()} and {@link #stop()}.
 */
public final class EventPartitions {

  private static final Logger LOG = LoggerFactory.getLogger(EventPartitions.class);

  /** Positions of one partition. */
  public static final long SIZE = 10_000_000;

  private static final long PATIENCE_MILLIS = 1_000;

  /** Any number will do as long as nobody else uses it; spells "partit". */
  private static final long LOCK = 0x706172746974L;

  private static final String UPPER_BOUND =
      "select coalesce(max(substring(pg_get_expr(c.relpartbound, c.oid) from"
          + " 'TO \\(''?(\\d+)''?\\)')::bigint), 0) from pg_inherits i join pg_class c on"
          + " c.oid = i.inhrelid where i.inhparent = 'eventstore.event'::regclass";

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final StoreHead head;
  private final long size;
  private volatile long upTo;
  private volatile Thread thread;

  /**
   * @param jdbc over the data source of the transactions
   * @param size positions of each new partition, at least 1
   */
  public EventPartitions(
      JdbcTemplate jdbc, PlatformTransactionManager transactions, StoreHead head, long size) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.head = head;
    this.size = size;
  }

  /** Makes what is needed now, blocking for some statements, and watches from now on. */
  public synchronized void start() {
    if (thread == null) {
      tryToPrepare();
      thread = Thread.ofPlatform().daemon().name("event-partitions").start(this::run);
    }
  }

  /** Ends the thread; what it is doing it still does. */
  public synchronized void stop() {
    Thread running = thread;
    thread = null;
    LockSupport.unpark(running);
  }

  private void run() {
    do {
      LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(1));
      if (upTo - head.position() <= size) {
        tryToPrepare();
      }
    } while (thread == Thread.currentThread());
  }

  private void tryToPrepare() {
    try {
      prepare();
    } catch (DataAccessException e) {
      LOG.warn("No partition of events could be made, trying again in a minute: {}", e.toString());
    }
  }

  /**
   * Makes partitions until more than one whole one lies ahead. Blocks.
   *
   * @throws DataAccessException when a lock is not to be had, or the database fails; nothing was
   *     changed, a repeat is safe
   */
  void prepare() {
    transaction.executeWithoutResult(
        status -> {
          jdbc.execute("set local lock_timeout = " + PATIENCE_MILLIS);
          jdbc.execute("select pg_advisory_xact_lock(" + LOCK + ")");
          long last = number("select coalesce(max(position), 0) from eventstore.event");
          long bound = number(UPPER_BOUND);
          long misplaced =
              number("select coalesce(max(position), 0) from eventstore.event_default");
          if (misplaced >= bound) {
            bound = misplaced == 0 ? bound : (misplaced / size + 1) * size;
          }
          while (bound - last <= size) {
            attach(bound, bound + size);
            bound += size;
          }
          upTo = bound;
        });
  }

  private long number(String sql) {
    return jdbc.queryForObject(sql, Long.class);
  }

  private void attach(long from, long to) {
    String table = "eventstore.event_" + from;
    jdbc.execute("create table " + table + " (like eventstore.event including all)");
    jdbc.execute(
        "alter table eventstore.event attach partition "
            + table
            + " for values from ("
            + from
            + ") to ("
            + to
            + ")");
    LOG.info("Events from position {} on have a partition", from);
  }
}
