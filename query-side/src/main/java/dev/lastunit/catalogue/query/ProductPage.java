package dev.lastunit.catalogue.query;

/**
 * A product's page, made once and served as often as it is asked for.
 *
 * @param json the page as a client gets it, UTF-8; never changed
 * @param entityTag names what the page shows, in quotes as {@code ETag} has it
 * @param position how far the model was at least when the page was read
 */
public record ProductPage(byte[] json, String entityTag, Availability availability, long position) {

  /** Shared caches may take the load of a page that everybody looks at, for a moment. */
  private static final String MOMENTARY = "public, max-age=1, stale-while-revalidate=10";

  private static final String ASK_EACH_TIME = "public, max-age=0, must-revalidate";

  /** Whether so few units are left that each of them counts. */
  public boolean isScarce() {
    return availability.available() > 0 && availability.available() <= Availability.LOW;
  }

  /** For {@code Cache-Control}: what is scarce or out is asked for each time. */
  public String cacheControl() {
    return availability.available() <= Availability.LOW ? ASK_EACH_TIME : MOMENTARY;
  }
}
