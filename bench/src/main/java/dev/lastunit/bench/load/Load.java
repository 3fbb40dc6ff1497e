package dev.lastunit.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts load on a target: warm-up and measured time without a break between, then waits for what is
 * still under way. Latency counts from when a request was due, so that a stall shows in all
 * requests that had to wait for it.
 */
public final class Load {

  private final Target target;
  private final Pace pace;
  private final long start = System.nanoTime();
  private final long begin;
  private final long end;
  private final AtomicLong next = new AtomicLong();

  private Load(Target target, Pace pace, Timing timing) {
    this.target = target;
    this.pace = pace;
    this.begin = start + timing.warmUp().toNanos();
    this.end = begin + timing.measured().toNanos();
  }

  /** Runs to the end; blocks. */
  public static Tally run(Target target, Pace pace, Timing timing, Probe probe)
      throws InterruptedException {
    return new Load(target, pace, timing).run(probe);
  }

  private Tally run(Probe probe) throws InterruptedException {
    // Platform threads: they are few, and do little but block in their sockets.
    try (ExecutorService threads = Executors.newFixedThreadPool(pace.connections())) {
      List<Future<Tally>> running = new ArrayList<>();
      for (int i = 0; i < pace.connections(); i++) {
        running.add(threads.submit(this::work));
      }
      sleepUntil(begin);
      probe.begin();
      sleepUntil(end);
      probe.end();
      Tally all = new Tally(begin, end);
      for (Future<Tally> one : running) {
        all.add(one.get());
      }
      return all;
    } catch (ExecutionException e) {
      throw new IllegalStateException("The load driver failed", e.getCause());
    }
  }

  private Tally work() {
    Tally tally = new Tally(begin, end);
    try (Sender sender = new Sender(target)) {
      while (true) {
        long number = next.getAndIncrement();
        long due = pace.due(number, start);
        if (due - end >= 0) {
          return tally;
        }
        sleepUntil(due);
        long now = System.nanoTime();
        if (now - end >= 0) {
          tally.recordUnsent(due);
        } else if (due - begin >= 0 || now - begin < 0) {
          // Else it waited in vain through the warm-up, whose queue is not the measured time's.
          Reply reply = sender.send(number);
          tally.record(reply, due, System.nanoTime());
        }
      }
    }
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
