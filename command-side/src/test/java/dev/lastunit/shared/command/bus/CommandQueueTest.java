package dev.lastunit.shared.command.bus;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two senders, the taking thread and one who stops it, in the interleavings that a model checker
 * tries: each command is taken or refused, once; those of a sender are taken in their order; and
 * everybody comes to an end.
 */
@Timeout(60)
class CommandQueueTest {

  private static final int INTERLEAVINGS = 30;
  private static final String WAKE = "wake";

  @Test
  void takesOrRefusesEachCommandOnceWhenTheTimeIsOverAtOnce() {
    Lincheck.runConcurrentTest(INTERLEAVINGS, () -> new Run(2, false, true).check());
  }

  @Test
  void takesOrRefusesEachCommandOnceWhenThereIsTimeForWhatWaits() {
    Lincheck.runConcurrentTest(INTERLEAVINGS, () -> new Run(4, true, false).check());
  }

  @Test
  void takesOrRefusesEachCommandOnceWhenItIsFull() {
    Lincheck.runConcurrentTest(INTERLEAVINGS, () -> new Run(1, true, true).check());
  }

  /** One interleaving. */
  private static final class Run {

    private final boolean patient;
    private final boolean refusesRest;
    private final List<String> taken = new ArrayList<>();
    private final List<String> refused = Collections.synchronizedList(new ArrayList<>());
    private final CommandQueue<String> queue;

    /**
     * @param patient whether there is time left for what waits
     * @param refusesRest whether who stops does not wait for the taking thread
     */
    Run(int capacity, boolean patient, boolean refusesRest) {
      this.patient = patient;
      this.refusesRest = refusesRest;
      this.queue = new CommandQueue<>(capacity, WAKE, refused::add);
    }

    void check() {
      List<Thread> threads =
          List.of(
              new Thread(this::take),
              new Thread(() -> send("a1", "a2")),
              new Thread(() -> send("b1")),
              new Thread(this::stop));
      threads.forEach(Thread::start);
      threads.forEach(Run::join);

      List<String> answered = new ArrayList<>(taken);
      answered.addAll(refused);
      Collections.sort(answered);
      expect(answered.equals(List.of("a1", "a2", "b1")), "answered");
      expect(taken.indexOf("a2") == -1 || taken.indexOf("a1") < taken.indexOf("a2"), "order");
      List<String> before = List.copyOf(refused);
      queue.refuseWaiting();
      expect(refused.equals(before), "left over");
    }

    private void expect(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError(what + ": taken " + taken + ", refused " + refused);
      }
    }

    private void take() {
      Deque<String> work = new ArrayDeque<>();
      try {
        while (queue.take(work, 2)) {
          taken.addAll(work);
          work.clear();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      queue.end(work);
    }

    private void send(String... commands) {
      for (String command : commands) {
        queue.submit(command);
      }
    }

    private void stop() {
      queue.beginStop(patient ? Long.MAX_VALUE / 2 : Long.MIN_VALUE / 2);
      if (refusesRest) {
        queue.refuseWaiting();
      }
    }

    private static void join(Thread thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
