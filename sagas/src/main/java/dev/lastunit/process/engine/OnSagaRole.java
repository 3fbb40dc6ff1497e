package dev.lastunit.process.engine;

import java.util.Arrays;
import java.util.Locale;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * True on a node that runs processes: {@code lastunit.roles} (a list, default {@code all}) holds
 * {@code all} or {@code saga}.
 */
public final class OnSagaRole implements Condition {

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    String roles = context.getEnvironment().getProperty("lastunit.roles", "all");
    return Arrays.stream(roles.toLowerCase(Locale.ROOT).split("[,\\s]+"))
        .anyMatch(role -> role.equals("all") || role.equals("saga"));
  }
}
