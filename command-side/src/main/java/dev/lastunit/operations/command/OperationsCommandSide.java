package dev.lastunit.operations.command;

/**
 * What the assembly registers of this context, so that its aggregate stays invisible to everybody
 * else.
 */
public final class OperationsCommandSide {

  private OperationsCommandSide() {}

  /**
   * Type of the aggregate that handles every {@link dev.lastunit.operations.api.OperatorCommand}.
   */
  public static Class<?> aggregate() {
    return OperatorActions.class;
  }
}
