package dev.lastunit.process.payment;

import dev.lastunit.process.engine.CommandSender;
import dev.lastunit.process.engine.ProcessDefinition;

/** Makes the payment process for tests of other packages. */
public final class PaymentTestAccess {

  private PaymentTestAccess() {}

  public static ProcessDefinition<?> process(
      CommandSender sender, PaymentProvider provider, PaymentPolicy policy) {
    return new PaymentProcess(new PaymentEffects(sender, provider), policy);
  }

  public static ProcessDefinition<?> refunds(CommandSender sender, PaymentProvider provider) {
    return new RefundProcess(sender, provider);
  }
}
