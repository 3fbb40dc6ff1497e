package dev.lastunit.app.simulator;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A charge in a list of many: its fields and when it was opened, by the simulator's clock.
 *
 * @param charge as it stands now
 */
record ListedCharge(@JsonUnwrapped Charge charge, Instant createdAt) {

  /** Charges in one answer. */
  static final int MOST = 100;

  /**
   * Where a list goes on: behind this charge.
   *
   * @param createdAt when it was opened
   */
  record Place(Instant createdAt, String chargeId) {

    /** The place as clients send it back; opaque to them. */
    String cursor() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((createdAt + " " + chargeId).getBytes(StandardCharsets.UTF_8));
    }

    /** The place that a cursor stands for; null when it is none of ours. */
    static @Nullable Place of(String cursor) {
      try {
        var text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        var space = text.indexOf(' ');
        return space < 0
            ? null
            : new Place(Instant.parse(text.substring(0, space)), text.substring(space + 1));
      } catch (IllegalArgumentException | DateTimeException e) {
        return null;
      }
    }
  }

  /**
   * A part of a list.
   *
   * @param items at most {@value #MOST}
   * @param next cursor of the next part; null on the last
   */
  record Page(List<ListedCharge> items, @Nullable String next) {

    /** The part that these begin; {@code found} may have one more, which is left for the next. */
    static Page of(List<ListedCharge> found) {
      if (found.size() <= MOST) {
        return new Page(found, null);
      }
      var items = List.copyOf(found.subList(0, MOST));
      var last = items.getLast();
      return new Page(items, new Place(last.createdAt(), last.charge().chargeId()).cursor());
    }
  }
}
