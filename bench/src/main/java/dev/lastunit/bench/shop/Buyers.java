package dev.lastunit.bench.shop;

import java.io.IOException;

/** Who buys: one subject, so that its orders can be counted. */
public final class Buyers {

  static final String SUBJECT = "bench-buyer";

  private Buyers() {}

  /** Headers that make a request the buyers'. */
  public static String authorisation(Api api) throws IOException {
    return api.authorised(SUBJECT, "customer");
  }
}
