package dev.lastunit.app.web;

import java.time.Clock;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** How requests are read, and the sources of time and identifiers for the edges. */
@Configuration(proxyBeanMethods = false)
@PropertySource("classpath:dev/lastunit/app/web/defaults.properties")
class WebConfiguration implements WebFluxConfigurer {

  private final ObjectProvider<JsonMapperBuilderCustomizer> customizers;

  WebConfiguration(ObjectProvider<JsonMapperBuilderCustomizer> customizers) {
    this.customizers = customizers;
  }

  /** Time for everything; UTC, as all that is told and stored. */
  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Random identifiers for what nobody else names: guests, faults. */
  @Bean
  @ConditionalOnMissingBean(name = "idSource")
  Supplier<UUID> idSource() {
    return UUID::randomUUID;
  }

  /**
   * Strict reading for requests. Only the server's reader is replaced: the mapper bean, which other
   * parts use for stored events and other services' answers, stays as it is.
   */
  @Override
  public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
    JsonMapper.Builder builder = StrictJson.builder();
    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
    configurer.defaultCodecs().maxInMemorySize(BodyLimitFilter.MAX_BYTES);
    configurer
        .defaultCodecs()
        .jacksonJsonDecoder(
            // Not NDJSON, which the decoder would read too: one line of it is no body of ours.
            new JacksonJsonDecoder(
                StrictJson.strict(builder).build(),
                MediaType.APPLICATION_JSON,
                new MediaType("application", "*+json")));
  }
}
