package dev.lastunit.bench.load;

/** Told when measuring begins and ends, on one thread. */
public interface Probe {

  /** Warm-up is over. */
  void begin();

  /** The measured time is over; answers may still come. */
  void end();
}
