package dev.lastunit.process.engine;

/** Ends an engine, and looks into memory, for tests of other packages. */
public final class EngineTestAccess {

  private EngineTestAccess() {}

  public static void crash(ProcessEngine engine) {
    engine.crash();
  }

  /** The step of an instance that lives in memory only; null when there is none. */
  public static String youngStep(ProcessEventHandler<?> handler, String id) {
    Young<?> young = handler.young().find(id);
    return young == null ? null : young.step();
  }

  /** Instances that live in memory only. */
  public static int young(ProcessEventHandler<?> handler) {
    return handler.young().size();
  }
}
