package dev.lastunit.process.delivery;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.ProcessDefinition;

/** Makes the delivery process for tests of other packages. */
public final class DeliveryTestAccess {

  private DeliveryTestAccess() {}

  public static ProcessDefinition<?> process(CommandSender sender) {
    return new DeliveryProcess(sender);
  }
}
