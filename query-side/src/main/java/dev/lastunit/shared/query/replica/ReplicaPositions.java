package dev.lastunit.shared.query.replica;

import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.WrittenPositions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether read models are read in the replica or in the primary, and tells how far the rows
 * there are.
 *
 * <p><b>Known by what is stored.</b> Handlers store their position together with their rows. From
 * time to time it is noted how far each handler is, with the position that it has stored last; as
 * soon as the replica says that position or a later one, its rows hold all of the former.
 *
 * <p><b>Never less than was told.</b> Whoever has asked for positions while the primary was read
 * may read his rows a moment later. So before the replica is taken into use, positions stand still
 * until the replica has reached each one that was ever told: at most {@link #JOINING}, else the
 * primary goes on. The way back needs no care: the primary is never behind.
 *
 * <p>Threads: {@link #of}, {@link #head}, {@link #all} and {@link #replica} may be called on any
 * thread and take no lock; the others take one for moments. No I/O, no timer.
 *
 * @param <R> what the replica is read with
 */
final class ReplicaPositions<R> implements Positions {

  /**
   * A replica that is further behind is not taken into use: positions would stand still as long.
   */
  static final Duration NEAR = Duration.ofSeconds(1);

  /** How long positions may stand still, and the pause after that was in vain. */
  static final Duration JOINING = Duration.ofSeconds(1);

  /** Notes kept for each handler; every second one is dropped beyond. */
  static final int MOST_NOTES = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaPositions.class);

  private final Positions primary;
  private final WrittenPositions written;
  private final long mostLag;
  private final LongSupplier nanoTime;

  /** By handler: the highest position that anybody was told. */
  private final Map<String, AtomicLong> told = new ConcurrentHashMap<>();

  private final Map<String, Track> tracks = new HashMap<>();
  private volatile State<R> state = new State<>(0, null, null);

  /** What the replica is read with once it is in use; null while there is none. */
  private R candidate;

  private Heard heard;
  private Map<String, Long> goal = Map.of();
  private boolean joining;
  private long joiningSince;
  private boolean paused;
  private long pausedSince;

  /**
   * What readers see, at once.
   *
   * @param epoch another one whenever positions may be told by another rule
   * @param limits positions that are told; null for the primary's as they are
   * @param replica null while the primary is read
   */
  private record State<R>(long epoch, Map<String, Long> limits, R replica) {}

  /** A handler that had stored one position when it was at another. */
  private record Note(long written, long position, long since) {}

  /**
   * @param mostLag a replica that is further behind is not read
   * @param nanoTime as {@link System#nanoTime()}
   */
  ReplicaPositions(
      Positions primary, WrittenPositions written, Duration mostLag, LongSupplier nanoTime) {
    this.primary = primary;
    this.written = written;
    this.mostLag = mostLag.toNanos();
    this.nanoTime = nanoTime;
  }

  @Override
  public long of(String handler) {
    while (true) {
      State<R> now = state;
      Long limit = now.limits == null ? null : now.limits.get(handler);
      // What keeps nothing in the database has no limit there.
      long position = limit == null ? primary.of(handler) : limit;
      remember(handler, position);
      // Else the replica may be waited for without what was told just now.
      if (state.epoch == now.epoch) {
        return position;
      }
    }
  }

  @Override
  public long head() {
    return primary.head();
  }

  @Override
  public Map<String, Long> all() {
    Map<String, Long> all = new HashMap<>();
    primary.all().keySet().forEach(handler -> all.put(handler, of(handler)));
    return all;
  }

  /**
   * What is to be read with now; null for the primary. Rows there are at least as new as what
   * {@link #of} has told before.
   */
  R replica() {
    return state.replica;
  }

  /** A server may be taken into use; nothing is known of it yet. */
  synchronized void begin(R replica) {
    end();
    candidate = replica;
  }

  /** The server is not there any more, or is not what it was. */
  synchronized void end() {
    readPrimary();
    candidate = null;
    heard = null;
    tracks.clear();
  }

  /**
   * Notes how far handlers are, as {@link #hear} does; says whether there is something that the
   * replica may lack.
   */
  synchronized boolean look() {
    long now = nanoTime.getAsLong();
    boolean lacks = false;
    // In this order: what is stored then holds the positions.
    Map<String, Long> reached = primary.all();
    for (Map.Entry<String, Long> stored : written.written().entrySet()) {
      Track track = tracks.computeIfAbsent(stored.getKey(), name -> new Track());
      track.note(reached.getOrDefault(stored.getKey(), 0L), stored.getValue(), now);
      lacks |= !track.ahead.isEmpty();
    }
    return lacks;
  }

  /** What the server that {@link #begin begun} with has said last; null before it has. */
  synchronized Heard heard() {
    return heard;
  }

  /**
   * The server says how far it is.
   *
   * @return false when it is not the server that it was, or older: that is its end
   */
  synchronized boolean hear(Heard news) {
    if (candidate == null) {
      return false;
    }
    if (heard != null && !news.follows(heard)) {
      end();
      return false;
    }
    heard = news;
    look();
    tracks.forEach((handler, track) -> track.stored(news.positions().getOrDefault(handler, 0L)));
    decide();
    return true;
  }

  /**
   * How long the replica has been without something that the primary has, in nanoseconds; 0 when it
   * has all, -1 when nothing is known.
   */
  synchronized long lag() {
    if (heard == null) {
      return -1;
    }
    long now = nanoTime.getAsLong();
    return tracks.values().stream().mapToLong(track -> track.lag(now)).max().orElse(0);
  }

  private void decide() {
    long lag = lag();
    long now = nanoTime.getAsLong();
    if (state.replica != null) {
      if (lag > mostLag) {
        LOG.warn(
            "The replica is {} ms behind; read models are read in the primary", lag / 1_000_000);
        readPrimary();
        pause(now);
      } else {
        state = new State<>(state.epoch, reached(), state.replica);
      }
      return;
    }
    if (!joining && lag <= Math.min(NEAR.toNanos(), mostLag) && !isPaused(now)) {
      state = new State<>(state.epoch + 1, toldSoFar(), null);
      // Again: until now somebody may have been told more.
      goal = toldSoFar();
      joining = true;
      joiningSince = now;
      look();
    }
    if (joining) {
      join(now);
    }
  }

  private void join(long now) {
    Map<String, Long> reached = reached();
    if (goal.entrySet().stream()
        .allMatch(most -> reached.getOrDefault(most.getKey(), 0L) >= most.getValue())) {
      joining = false;
      state = new State<>(state.epoch + 1, reached, candidate);
      LOG.info("Read models are read in the replica");
    } else if (now - joiningSince > JOINING.toNanos()) {
      readPrimary();
      pause(now);
    }
  }

  private void readPrimary() {
    joining = false;
    if (state.limits != null) {
      state = new State<>(state.epoch + 1, null, null);
    }
  }

  private void pause(long now) {
    paused = true;
    pausedSince = now;
  }

  private boolean isPaused(long now) {
    paused &= now - pausedSince < JOINING.toNanos();
    return paused;
  }

  private Map<String, Long> reached() {
    Map<String, Long> reached = new HashMap<>();
    tracks.forEach((handler, track) -> reached.put(handler, track.reached));
    return reached;
  }

  private Map<String, Long> toldSoFar() {
    Map<String, Long> most = new HashMap<>();
    for (String handler : tracks.keySet()) {
      AtomicLong position = told.get(handler);
      most.put(handler, position == null ? 0 : position.get());
    }
    return most;
  }

  private void remember(String handler, long position) {
    AtomicLong most = told.get(handler);
    if (most == null) {
      most = told.computeIfAbsent(handler, name -> new AtomicLong());
    }
    if (most.get() < position) {
      most.accumulateAndGet(position, Math::max);
    }
  }

  /** One handler's rows in the replica. */
  private static final class Track {

    /** What the replica lacks, oldest first. */
    private final Deque<Note> ahead = new ArrayDeque<>();

    private long stored = -1;
    private long reached;

    private void note(long position, long written, long now) {
      if (written <= stored) {
        ahead.clear();
        reached = position;
        return;
      }
      Note last = ahead.peekLast();
      if (last != null && last.written == written) {
        ahead.removeLast();
        ahead.addLast(new Note(written, position, last.since));
        return;
      }
      if (last != null && last.written > written) {
        // The handler begins anew.
        ahead.clear();
      }
      ahead.addLast(new Note(written, position, now));
      if (ahead.size() > MOST_NOTES) {
        thinOut();
      }
    }

    private void stored(long position) {
      stored = position;
      while (!ahead.isEmpty() && ahead.peekFirst().written <= position) {
        reached = ahead.removeFirst().position;
      }
    }

    private long lag(long now) {
      return ahead.isEmpty() ? 0 : now - ahead.peekFirst().since;
    }

    /** The first stays, which the lag is counted from. */
    private void thinOut() {
      List<Note> all = new ArrayList<>(ahead);
      ahead.clear();
      for (int i = 0; i < all.size(); i += 2) {
        ahead.addLast(all.get(i));
      }
    }
  }
}
