package dev.lastunit.ordering.command;

import java.util.Arrays;

/**
 * Key of the hash that makes order identifiers. It must stay the same as long as a key may be
 * repeated, which is for ever: with another secret a replay would be taken for a new purchase.
 *
 * @param value at least 16 bytes; never shown
 */
public record OrderIdSecret(byte[] value) {

  private static final int MIN_BYTES = 16;

  public OrderIdSecret {
    if (value.length < MIN_BYTES) {
      throw new IllegalArgumentException("The secret needs at least " + MIN_BYTES + " bytes");
    }
    value = value.clone();
  }

  @Override
  public byte[] value() {
    return value.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OrderIdSecret that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return "OrderIdSecret";
  }
}
