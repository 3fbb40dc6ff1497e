package dev.lastunit.shared.command.bus;

import dev.lastunit.shared.api.Command;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.modelling.command.CommandTargetResolver;
import org.axonframework.modelling.command.VersionedAggregateIdentifier;

/**
 * A command says itself which stream it addresses. Axon's annotation-based resolver scans
 * annotations on every command, which took 45 % of a hot SKU's time when measured.
 */
public final class StreamTargetResolver implements CommandTargetResolver {

  @Override
  public VersionedAggregateIdentifier resolveTarget(CommandMessage<?> command) {
    Object stream = ((Command<?>) command.getPayload()).stream();
    return new VersionedAggregateIdentifier(stream, null);
  }
}
