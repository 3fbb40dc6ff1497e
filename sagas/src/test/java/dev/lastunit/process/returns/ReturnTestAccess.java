package dev.lastunit.process.returns;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.ProcessDefinition;

/** Makes the return process for tests of other packages. */
public final class ReturnTestAccess {

  private ReturnTestAccess() {}

  public static ProcessDefinition<?> process(CommandSender sender) {
    return new ReturnProcess(sender);
  }
}
