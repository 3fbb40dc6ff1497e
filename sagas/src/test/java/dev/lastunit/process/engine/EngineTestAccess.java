package dev.lastunit.process.engine;

/** Ends an engine for tests of other packages. */
public final class EngineTestAccess {

  private EngineTestAccess() {}

  public static void crash(ProcessEngine engine) {
    engine.crash();
  }
}
