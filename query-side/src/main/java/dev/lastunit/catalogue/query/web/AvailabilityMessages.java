package dev.lastunit.catalogue.query.web;

import dev.lastunit.catalogue.query.Availability;
import dev.lastunit.catalogue.query.AvailabilityFeed;
import dev.lastunit.catalogue.query.AvailabilityFeed.Announcement;
import dev.lastunit.catalogue.query.ProductPages;
import dev.lastunit.shared.api.LiveEvents;
import java.nio.charset.StandardCharsets;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Server-sent events of availability, as bytes: one message goes to thousands of streams. */
@Configuration(proxyBeanMethods = false)
class AvailabilityMessages {

  private static final byte[] HEARTBEAT = ":alive\n\n".getBytes(StandardCharsets.UTF_8);

  /**
   * Data of an event named availability.
   *
   * @param status {@code in-stock}, {@code low} or {@code out}
   */
  record AvailabilityChange(String sku, String status, int available, long position) {}

  /** Data of an event named delisted. */
  record Delisted(String sku, long position) {}

  @Bean
  AvailabilityFeed availabilityFeed(
      ProductPages pages,
      LiveEvents live,
      JsonMapper json,
      @Value("${lastunit.catalogue.availability-streams:20000}") int mostStreams) {
    return new AvailabilityFeed(
        pages, live, announcement -> message(json, announcement), HEARTBEAT, mostStreams);
  }

  private static byte[] message(JsonMapper json, Announcement said) {
    Availability availability = said.availability();
    String name = availability == null ? "delisted" : "availability";
    Object data =
        availability == null
            ? new Delisted(said.sku().value(), said.position())
            : new AvailabilityChange(
                said.sku().value(),
                availability.status(),
                availability.available(),
                said.position());
    return ("id:"
            + said.position()
            + "\nevent:"
            + name
            + "\ndata:"
            + json.writeValueAsString(data)
            + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
