package dev.lastunit.process.order;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.ProcessDefinition;
import java.time.Clock;
import java.time.Duration;

/** Makes the order process for tests of other packages. */
public final class OrderTestAccess {

  private OrderTestAccess() {}

  public static ProcessDefinition<?> process(CommandSender sender, Clock clock, Duration ttl) {
    return new OrderProcess(new OrderEffects(sender, clock, ttl, "model"), Duration.ofSeconds(2));
  }
}
