package dev.lastunit.inventory.api;

/** How a reservation ended. It ends exactly once. */
public enum ReservationEnd {
  CONFIRMED,
  RELEASED,
  EXPIRED,
  /** Confirmed, and its units were put back later. */
  RETURNED
}
