package dev.lastunit.eventstore;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.axonframework.common.IdentifierFactory;

/**
 * Identifiers of messages: unique, and nothing more. The first half is random for each process, the
 * second one counts. Axon gives several to each command, its answer and its events; its own
 * factory's secure random numbers took 8 % of the time of a hot shard. Thread-safe.
 *
 * <p>Not for secrets: whoever knows one identifier can guess others.
 */
public final class ProcessIdentifiers extends IdentifierFactory {

  private static final long VERSION_8 = 0x8000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private final long process;
  private final AtomicLong next = new AtomicLong();

  /** Found by Axon as a service. */
  public ProcessIdentifiers() {
    SecureRandom random = new SecureRandom();
    process = random.nextLong() & ~0xF000L | VERSION_8;
    next.set(random.nextLong() >>> 8);
  }

  @Override
  public String generateIdentifier() {
    return new UUID(process, next.getAndIncrement() & ~(0b11L << 62) | VARIANT).toString();
  }
}
