package dev.lastunit.shared.api;

import dev.lastunit.cart.api.CartEvent;
import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.fulfilment.api.ShipmentEvent;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.operations.api.OperatorEvent;
import dev.lastunit.ordering.api.OrderEvent;
import dev.lastunit.payment.api.PaymentEvent;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.axonframework.serialization.Revision;

/**
 * The names under which events are stored: {@code <context>.<Event>}, such as {@code
 * ordering.OrderPlaced}. Logical names, so that a class may move to another package of its context
 * without a change to what was stored (ADR 0002).
 *
 * <p>Made once from the contexts' sealed interfaces, so that an event that is added to one of them
 * is known here. This is the only class of the shared kernel that sees the contexts. Thread-safe;
 * never blocks.
 */
public final class EventTypes {

  private static final String ROOT = "dev.lastunit.";

  private static final SequencedMap<String, Class<? extends Event>> BY_NAME =
      named(
          List.of(
              CartEvent.class,
              OperatorEvent.class,
              OrderEvent.class,
              PaymentEvent.class,
              ProductEvent.class,
              ShipmentEvent.class,
              StockEvent.class));

  private static final Map<Class<? extends Event>, String> NAMES = inverse(BY_NAME);

  private EventTypes() {}

  /** Every stored name, context by context in the order in which the events are declared. */
  public static SequencedSet<String> names() {
    return BY_NAME.sequencedKeySet();
  }

  /**
   * The stored name of an event's class.
   *
   * @throws IllegalArgumentException when it is not a class of the published language
   */
  public static String nameOf(Class<? extends Event> type) {
    String name = NAMES.get(type);
    if (name == null) {
      throw new IllegalArgumentException(type.getName() + " is not an event of any context");
    }
    return name;
  }

  /**
   * The class of a stored name.
   *
   * @throws IllegalArgumentException when no event has this name; whoever reads events must fail
   *     then and not pass over it
   */
  public static Class<? extends Event> classOf(String name) {
    Class<? extends Event> type = name == null ? null : BY_NAME.get(name);
    if (type == null) {
      throw new IllegalArgumentException("No event has the name " + name);
    }
    return type;
  }

  /** Whether an event of this name exists; null is none. */
  public static boolean isKnown(String name) {
    return name != null && BY_NAME.containsKey(name);
  }

  /** The revision in which events of the class are written today; never null. */
  public static String revisionOf(Class<? extends Event> type) {
    Revision revision = type.getAnnotation(Revision.class);
    if (revision == null) {
      throw new IllegalArgumentException(type.getName() + " has no revision");
    }
    return revision.value();
  }

  private static SequencedMap<String, Class<? extends Event>> named(
      List<Class<? extends Event>> contexts) {
    SequencedMap<String, Class<? extends Event>> result = new LinkedHashMap<>();
    for (Class<? extends Event> sealed : contexts) {
      String inside = sealed.getPackageName().substring(ROOT.length());
      String context = inside.substring(0, inside.indexOf('.'));
      for (Class<?> type : sealed.getPermittedSubclasses()) {
        String name = context + "." + type.getSimpleName();
        if (result.put(name, type.asSubclass(Event.class)) != null) {
          throw new IllegalStateException("Two events have the name " + name);
        }
      }
    }
    return Collections.unmodifiableSequencedMap(result);
  }

  private static Map<Class<? extends Event>, String> inverse(
      Map<String, Class<? extends Event>> byName) {
    Map<Class<? extends Event>, String> result = new LinkedHashMap<>();
    byName.forEach((name, type) -> result.put(type, name));
    return Map.copyOf(result);
  }
}
