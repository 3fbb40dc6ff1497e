package dev.lastunit.app.simulator;

import dev.lastunit.app.simulator.Step.Moving;
import dev.lastunit.app.simulator.Step.Outcome;
import dev.lastunit.app.simulator.StepBooks.NotWrittenException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * Writes steps in groups, on one thread of its own: what arrives while a group is being written is
 * the next one, so that many requests share a transaction and its wait for the disk. A lone request
 * is a group of one at once.
 *
 * <p>In a group no key and no charge comes twice. A further request of a key is answered by what
 * the first one came to; a further move of a charge waits for the next group, and so is decided by
 * the state that the first has left. When the database refuses a group, its steps are tried one by
 * one: what cannot be written hurts nobody else.
 *
 * <p>Safe for any thread. {@link #submit} does not block, and answers are given by other threads
 * than the writing one.
 */
final class StepWriter {

  /** Steps in one group at most. */
  static final int MOST_IN_GROUP = 256;

  /** Requests that may wait before further ones are refused. */
  static final int MOST_WAITING = 4_096;

  /** Rounds of losing against other nodes before a move is refused for good. */
  private static final int MOST_TRIES = 4;

  private static final Logger LOG = LoggerFactory.getLogger(StepWriter.class);

  /** Wakes the thread for its end: nobody waits for it, so it is in no group. */
  private static final Asked WAKE = wake();

  private final StepBooks books;
  private final BlockingQueue<Asked> queue;
  private final Thread thread;

  // The thread's own.
  private final List<Asked> group = new ArrayList<>();
  private final Map<String, Asked> groupKeys = new HashMap<>();
  private final Set<String> groupCharges = new HashSet<>();
  private final Deque<Asked> held = new ArrayDeque<>();
  private List<Runnable> answers = new ArrayList<>();

  private volatile boolean stopping;
  private volatile boolean ended;

  /** A writer with the usual room for waiting requests, writing already. */
  StepWriter(StepBooks books) {
    this(books, MOST_WAITING);
  }

  /**
   * A writer, writing already.
   *
   * @param mostWaiting requests that may wait before further ones are refused, 1 or more
   */
  StepWriter(StepBooks books, int mostWaiting) {
    this.books = books;
    this.queue = new ArrayBlockingQueue<>(mostWaiting);
    this.thread = Thread.ofPlatform().daemon().name("simulator-ledger").start(this::run);
  }

  /** A step, and who waits for it. */
  private static final class Asked {

    private final Step step;
    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();

    /** Requests with the same key, to be answered by what this one comes to. */
    private final List<Asked> followers = new ArrayList<>();

    private int tries;
    private boolean settled;

    Asked(Step step) {
      this.step = step;
    }

    /** Whether a request of this fingerprint under the same key is this one again. */
    boolean isSameRequest(@Nullable String fingerprint) {
      return Objects.equals(step.fingerprint(), fingerprint);
    }
  }

  private static Asked wake() {
    var wake = new Asked(new Moving("", Move.VOID, null, null));
    wake.answer.cancel(false);
    return wake;
  }

  /**
   * Has the step written.
   *
   * @return completes with what the step did, on disk by then, or with a {@link Refusal}: 404 for
   *     an unknown charge, 409 for an impossible move, 422 for a key of another request or a part
   *     to be voided, 503 when too many wait, the database fails, or the writer has stopped. When
   *     it is cancelled early enough the step is not written.
   */
  CompletableFuture<Outcome> submit(Step step) {
    var asked = new Asked(step);
    if (stopping || !queue.offer(asked)) {
      asked.answer.completeExceptionally(Refusal.unavailable());
    } else if (ended && queue.remove(asked)) {
      // The thread took its last look into the queue before the step was in it.
      asked.answer.completeExceptionally(Refusal.unavailable());
    }
    return asked.answer;
  }

  /**
   * Takes on nothing more and writes what waits. Blocks until that is done, or as long as told;
   * what was not begun by then is refused.
   */
  void stop(Duration patience) {
    stopping = true;
    // A full queue needs no waking.
    queue.offer(WAKE);
    try {
      thread.join(patience);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    ended = true;
    refuse(queue);
  }

  private static void refuse(BlockingQueue<Asked> queue) {
    var left = new ArrayList<Asked>();
    queue.drainTo(left);
    left.forEach(asked -> asked.answer.completeExceptionally(Refusal.unavailable()));
  }

  private void run() {
    try {
      while (gather()) {
        try {
          write(group);
        } catch (Throwable fault) {
          LOG.error("A group of {} steps ended in an unforeseen way", group.size(), fault);
          failUnsettled(group);
        }
        giveAnswers();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      stopping = true;
      ended = true;
      held.forEach(this::fail);
      giveAnswers();
      refuse(queue);
    }
  }

  /** Makes the next group, waiting for its first step only; false when there will be no more. */
  private boolean gather() throws InterruptedException {
    group.clear();
    groupKeys.clear();
    groupCharges.clear();
    if (ended) {
      return false;
    }
    // Each is held again, behind the others, or not: their order stays.
    for (var left = held.size(); left > 0; left--) {
      join(held.remove());
    }
    if (group.isEmpty()) {
      var first = stopping ? queue.poll() : queue.take();
      if (first == null) {
        return false;
      }
      join(first);
    }
    while (group.size() < MOST_IN_GROUP && held.size() < MOST_IN_GROUP) {
      var next = queue.poll();
      if (next == null) {
        break;
      }
      join(next);
    }
    return true;
  }

  private void join(Asked asked) {
    if (asked.answer.isDone()) {
      // Its caller has gone.
      asked.followers.forEach(this::join);
      return;
    }
    var key = asked.step.key();
    var first = key == null ? null : groupKeys.get(key);
    if (first != null) {
      first.followers.add(asked);
      first.followers.addAll(asked.followers);
      asked.followers.clear();
    } else if (group.size() == MOST_IN_GROUP
        || asked.step instanceof Moving moving && !groupCharges.add(moving.chargeId())) {
      held.add(asked);
    } else {
      group.add(asked);
      if (key != null) {
        groupKeys.put(key, asked);
      }
    }
  }

  /** Whether it makes sense to go on: false when the database is out of reach. */
  private boolean write(List<Asked> steps) {
    if (steps.isEmpty()) {
      return true;
    }
    List<@Nullable Outcome> outcomes;
    try {
      outcomes = books.write(steps.stream().map(asked -> asked.step).toList());
    } catch (NotWrittenException refused) {
      if (steps.size() > 1) {
        LOG.debug("A group of {} steps is tried one by one", steps.size(), refused);
        return writeOneByOne(steps);
      }
      if (!refused.keyTaken()) {
        LOG.warn("A step cannot be written", refused);
        steps.forEach(this::fail);
        return true;
      }
      outcomes = Arrays.asList((Outcome) null);
    } catch (SQLException unreachable) {
      LOG.warn("{} steps ended without an answer of the database", steps.size(), unreachable);
      steps.forEach(this::fail);
      return false;
    }
    var notWritten = new ArrayList<Asked>();
    for (var i = 0; i < steps.size(); i++) {
      var outcome = outcomes.get(i);
      if (outcome != null) {
        succeed(steps.get(i), outcome);
      } else {
        notWritten.add(steps.get(i));
      }
    }
    return notWritten.isEmpty() || judge(notWritten);
  }

  private boolean writeOneByOne(List<Asked> steps) {
    var reachable = true;
    for (var asked : steps) {
      if (reachable) {
        reachable = write(List.of(asked));
      } else {
        fail(asked);
      }
    }
    return reachable;
  }

  /** Finds out why steps were not written, and answers them so. */
  private boolean judge(List<Asked> notWritten) {
    // Those whose steps are on disk need not wait for this.
    giveAnswers();
    try {
      var firstAnswers =
          books.firstAnswers(
              notWritten.stream()
                  .map(asked -> asked.step.key())
                  .filter(Objects::nonNull)
                  .collect(Collectors.toSet()));
      var moves = new ArrayList<Asked>();
      for (var asked : notWritten) {
        var key = asked.step.key();
        var firstAnswer = key == null ? null : firstAnswers.get(key);
        if (firstAnswer == null && asked.step instanceof Moving) {
          moves.add(asked);
        } else if (firstAnswer == null) {
          LOG.error("A charge was not opened and its key is still free");
          fail(asked);
        } else if (asked.isSameRequest(firstAnswer.fingerprint())) {
          succeed(asked, new Outcome(firstAnswer.charge(), true, false));
        } else {
          refuse(asked, Refusal.keyReused());
        }
      }
      judgeMoves(moves);
      return true;
    } catch (SQLException unreachable) {
      LOG.warn("{} steps ended without an answer of the database", notWritten.size(), unreachable);
      failUnsettled(notWritten);
      return false;
    }
  }

  private void judgeMoves(List<Asked> notWritten) throws SQLException {
    var charges =
        books.charges(
            notWritten.stream()
                .map(asked -> ((Moving) asked.step).chargeId())
                .collect(Collectors.toSet()));
    for (var asked : notWritten) {
      var moving = (Moving) asked.step;
      var charge = charges.get(moving.chargeId());
      var refusal =
          charge == null ? Refusal.chargeNotFound(moving.chargeId()) : moving.refusal(charge);
      if (refusal != null) {
        refuse(asked, refusal);
      } else if (++asked.tries < MOST_TRIES) {
        // It has become possible since: another node moved it in between.
        held.add(asked);
      } else {
        refuse(asked, Refusal.impossible(moving.move(), Objects.requireNonNull(charge)));
      }
    }
  }

  private void succeed(Asked asked, Outcome outcome) {
    asked.settled = true;
    answers.add(() -> asked.answer.complete(outcome));
    var replay = new Outcome(outcome.charge(), true, false);
    for (var follower : asked.followers) {
      if (follower.isSameRequest(asked.step.fingerprint())) {
        answers.add(() -> follower.answer.complete(replay));
      } else {
        answers.add(() -> follower.answer.completeExceptionally(Refusal.keyReused()));
      }
    }
  }

  /** A refused step leaves its key free: other requests of the key are judged for themselves. */
  private void refuse(Asked asked, Refusal refusal) {
    asked.settled = true;
    answers.add(() -> asked.answer.completeExceptionally(refusal));
    for (var follower : asked.followers) {
      if (follower.isSameRequest(asked.step.fingerprint())) {
        answers.add(() -> follower.answer.completeExceptionally(refusal));
      } else {
        held.add(follower);
      }
    }
  }

  private void fail(Asked asked) {
    asked.settled = true;
    answers.add(() -> asked.answer.completeExceptionally(Refusal.unavailable()));
    asked.followers.forEach(this::fail);
  }

  private void failUnsettled(List<Asked> steps) {
    steps.stream().filter(asked -> !asked.settled).forEach(this::fail);
  }

  /** One hand-over for all: the next group begins while they are being given. */
  private void giveAnswers() {
    if (!answers.isEmpty()) {
      var given = answers;
      answers = new ArrayList<>();
      Schedulers.parallel().schedule(() -> given.forEach(Runnable::run));
    }
  }
}
