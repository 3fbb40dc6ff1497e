package dev.lastunit.ordering.query;

import org.springframework.context.ApplicationContext;

/** Empties the orders in memory when a test empties its store, or wants the table to be read. */
public final class RecentOrdersTestAccess {

  private RecentOrdersTestAccess() {}

  /** As if the service had just been started: what comes next is the first event it hears of. */
  public static void restart(ApplicationContext context) {
    RecentOrders recent = context.getBean(RecentOrders.class);
    recent.startOver(0);
    recent.shown.set(0);
  }
}
