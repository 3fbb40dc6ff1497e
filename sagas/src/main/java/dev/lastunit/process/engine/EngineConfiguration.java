package dev.lastunit.process.engine;

import dev.lastunit.process.ProcessSettings;
import dev.lastunit.shared.api.Commands;
import dev.lastunit.shared.api.NodeName;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Puts the engine together with whatever processes there are. */
@Configuration(proxyBeanMethods = false)
@Conditional(OnSagaRole.class)
@EnableConfigurationProperties(ProcessSettings.class)
class EngineConfiguration {

  @Bean
  CommandSender processCommandSender(Commands commands) {
    return new CommandSender(commands);
  }

  @Bean
  ProcessEngine processEngine(
      DataSource dataSource,
      PlatformTransactionManager transactions,
      ProcessSettings settings,
      NodeName node,
      Clock clock,
      MeterRegistry meters,
      List<ProcessDefinition<?>> definitions) {
    ProcessSettings.Process process = settings.process();
    EngineSettings defaults = EngineSettings.defaults(node.value());
    EngineSettings engine =
        new EngineSettings(
            node.value(),
            process.maxInFlight(),
            process.attempts(),
            process.firstRetry(),
            process.longestRetry(),
            process.lease(),
            defaults.effectTimeout().compareTo(process.lease()) < 0
                ? defaults.effectTimeout()
                : process.lease().multipliedBy(2).dividedBy(3),
            process.poll(),
            defaults.stopTimeout(),
            process.young());
    return new ProcessEngine(
        new JdbcTemplate(dataSource),
        transactions,
        engine,
        clock,
        new Backoff(process.firstRetry(), process.longestRetry(), new Random()),
        meters,
        definitions);
  }

  @Bean
  ParkedProcesses parkedProcesses(ProcessEngine engine) {
    return new ParkedProcesses(engine);
  }
}
