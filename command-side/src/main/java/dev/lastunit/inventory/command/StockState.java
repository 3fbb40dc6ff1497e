package dev.lastunit.inventory.command;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.lastunit.inventory.api.Reservation;
import dev.lastunit.inventory.api.ReservationEnd;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.inventory.api.StockEvent.OpeningStockRecorded;
import dev.lastunit.inventory.api.StockEvent.ReservationConfirmed;
import dev.lastunit.inventory.api.StockEvent.ReservationExpired;
import dev.lastunit.inventory.api.StockEvent.ReservationReleased;
import dev.lastunit.inventory.api.StockEvent.StockAdjusted;
import dev.lastunit.inventory.api.StockEvent.StockPolicySet;
import dev.lastunit.inventory.api.StockEvent.StockReceived;
import dev.lastunit.inventory.api.StockEvent.StockReserved;
import dev.lastunit.inventory.api.StockEvent.UnitsReturned;
import dev.lastunit.inventory.api.StockLevel;
import dev.lastunit.inventory.api.StockPolicy;
import dev.lastunit.shared.api.Allocation;
import dev.lastunit.shared.api.CommandId;
import dev.lastunit.shared.api.LocationId;
import dev.lastunit.shared.api.OrderId;
import dev.lastunit.shared.api.ReservationId;
import dev.lastunit.shared.api.ReturnId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What decisions about one SKU need to know: a fold of its events.
 *
 * <p><b>Cost.</b> An event costs O(locations it names + log of the open reservations). Nothing here
 * looks at all reservations, except to write a snapshot.
 *
 * <p><b>Memories.</b> Ended reservations and the identifiers of receipts and adjustments are
 * remembered only for so long; see {@link #ENDED_REMEMBERED} and {@link #COMMANDS_REMEMBERED}.
 *
 * <p>Not thread-safe: the command bus gives each aggregate to one thread at a time.
 */
final class StockState {

  /**
   * How many ended reservations are remembered, the latest ones. What is older is unknown: its
   * confirmation is refused as NOT_FOUND, its release has nothing to give back, and a repeated
   * reservation would hold units once more, until their time is over. None of it can sell a unit
   * twice. Units can be returned for a forgotten reservation too, since the command says which; a
   * repeat of that is then recognised for as long as another {@value} reservations have not ended.
   */
  static final int ENDED_REMEMBERED = 10_000;

  /**
   * How many receipts and adjustments are remembered by their command's identifier, the latest
   * ones. A repeat that comes after {@value} others is counted again.
   */
  static final int COMMANDS_REMEMBERED = 1_024;

  /**
   * How many returns of buyers are remembered, the latest ones. A repeat that comes after {@value}
   * others puts its units back on hand again.
   */
  static final int RETURNS_REMEMBERED = 10_000;

  private final Map<LocationId, Shelf> shelves = new LinkedHashMap<>();
  private StockPolicy policy = StockPolicy.DEFAULT;
  private final Map<ReservationId, Open> open = new HashMap<>();
  private final NavigableSet<Due> due = new TreeSet<>();
  private final Map<ReservationId, Ended> ended = new LinkedHashMap<>();
  private final Map<CommandId, Integer> commands = new LinkedHashMap<>();
  private final Map<ReturnId, Returned> returns = new LinkedHashMap<>();
  private long onHand;
  private long reserved;
  private long sold;

  StockState() {}

  /** What a remembered command did. */
  enum Kind {
    RECEIPT,
    ADJUSTMENT
  }

  /** A location's units. Locations keep the order in which they first held the SKU. */
  private static final class Shelf {
    private long onHand;
    private long reserved;
    private boolean opened;
  }

  /** A reservation that has not ended. */
  record Open(OrderId orderId, List<Allocation> allocations, Instant expiresAt) {

    long units() {
      return StockState.units(allocations);
    }
  }

  /**
   * How a reservation ended.
   *
   * @param reservation what was confirmed, so that a repeat gets the same answer; otherwise null
   */
  record Ended(ReservationEnd end, Reservation reservation) {}

  /** Units of a reservation that a buyer sent back. */
  record Returned(ReservationId reservationId, long units) {}

  /** When a reservation must be looked at; the identifier makes entries of one instant distinct. */
  private record Due(Instant at, ReservationId reservationId) implements Comparable<Due> {
    private static final Comparator<Due> ORDER =
        Comparator.comparing(Due::at).thenComparing(due -> due.reservationId().value());

    @Override
    public int compareTo(Due other) {
      return ORDER.compare(this, other);
    }
  }

  /** Folds one event. Never refuses: what is recorded has happened. */
  void apply(StockEvent event) {
    switch (event) {
      case StockReceived e -> {
        add(e.location(), e.quantity());
        remember(
            e.commandId(), fingerprint(Kind.RECEIPT, e.location(), e.quantity(), e.reference()));
      }
      case OpeningStockRecorded e -> {
        add(e.location(), e.quantity());
        shelf(e.location()).opened = true;
      }
      case StockAdjusted e -> {
        add(e.location(), e.delta());
        remember(e.commandId(), fingerprint(Kind.ADJUSTMENT, e.location(), e.delta(), e.reason()));
      }
      case StockPolicySet e -> policy = e.policy();
      case StockReserved e -> {
        var reservation = new Open(e.orderId(), List.copyOf(e.allocations()), e.expiresAt());
        hold(reservation.allocations(), 1);
        open.put(e.reservationId(), reservation);
        due.add(new Due(e.expiresAt(), e.reservationId()));
      }
      case ReservationConfirmed e -> {
        var was = close(e.reservationId());
        hold(e.allocations(), -1);
        e.allocations().forEach(a -> add(a.location(), -(long) a.quantity()));
        sold += units(e.allocations());
        remember(
            e.reservationId(),
            new Ended(
                ReservationEnd.CONFIRMED,
                new Reservation(
                    e.reservationId(),
                    List.copyOf(e.allocations()),
                    was == null ? null : was.expiresAt())));
      }
      case ReservationReleased e -> {
        close(e.reservationId());
        hold(e.allocations(), -1);
        remember(e.reservationId(), new Ended(ReservationEnd.RELEASED, null));
      }
      case ReservationExpired e -> {
        close(e.reservationId());
        hold(e.allocations(), -1);
        remember(e.reservationId(), new Ended(ReservationEnd.EXPIRED, null));
      }
      case UnitsReturned e -> {
        e.allocations().forEach(a -> add(a.location(), a.quantity()));
        sold -= units(e.allocations());
        if (e.returnId() == null) {
          remember(e.reservationId(), new Ended(ReservationEnd.RETURNED, null));
        } else {
          returns.put(e.returnId(), new Returned(e.reservationId(), units(e.allocations())));
          forgetEldest(returns, RETURNS_REMEMBERED);
        }
      }
    }
  }

  StockPolicy policy() {
    return policy;
  }

  /** Units in the building, over all locations. */
  long onHand() {
    return onHand;
  }

  long onHand(LocationId location) {
    var shelf = shelves.get(location);
    return shelf == null ? 0 : shelf.onHand;
  }

  /** Units promised to unfinished orders, over all locations. */
  long reserved() {
    return reserved;
  }

  long reserved(LocationId location) {
    var shelf = shelves.get(location);
    return shelf == null ? 0 : shelf.reserved;
  }

  /** Units at a location that nobody has been promised. */
  long free(LocationId location) {
    var shelf = shelves.get(location);
    return shelf == null ? 0 : shelf.onHand - shelf.reserved;
  }

  long sold() {
    return sold;
  }

  /** What a buyer could still get; never below 0. */
  long available() {
    return Math.max(
        0, onHand - reserved - policy.safetyStock() + (long) policy.oversellAllowance());
  }

  StockLevel level() {
    return new StockLevel(
        Math.toIntExact(onHand),
        Math.toIntExact(reserved),
        (int) Math.min(Integer.MAX_VALUE, available()),
        Math.toIntExact(sold));
  }

  /** Locations in the order in which they first held the SKU. */
  Set<LocationId> locations() {
    return shelves.keySet();
  }

  boolean opened(LocationId location) {
    var shelf = shelves.get(location);
    return shelf != null && shelf.opened;
  }

  /** The open reservation, or null. */
  Open open(ReservationId reservationId) {
    return open.get(reservationId);
  }

  int openCount() {
    return open.size();
  }

  /** How the reservation ended, or null when it is open, was never made, or is forgotten. */
  Ended ended(ReservationId reservationId) {
    return ended.get(reservationId);
  }

  /** What came back with a return, or null when nothing did or it is forgotten. */
  Returned returned(ReturnId returnId) {
    return returns.get(returnId);
  }

  /** Units of a reservation that came back with the returns that are remembered. */
  long returnedUnits(ReservationId reservationId) {
    long units = 0;
    for (var one : returns.values()) {
      units += one.reservationId().equals(reservationId) ? one.units() : 0;
    }
    return units;
  }

  /** The fingerprint of a remembered receipt or adjustment, or null. */
  Integer fingerprint(CommandId commandId) {
    return commands.get(commandId);
  }

  /** Open reservations whose time has passed at the given instant, the earliest first. */
  List<ReservationId> due(Instant at) {
    var ids = new ArrayList<ReservationId>();
    for (var entry : due) {
      if (entry.at().isAfter(at)) {
        break;
      }
      ids.add(entry.reservationId());
    }
    return ids;
  }

  /** When the next open reservation expires, or null when none is open. */
  Instant nextExpiry() {
    return due.isEmpty() ? null : due.first().at();
  }

  static long units(List<Allocation> allocations) {
    long units = 0;
    for (var allocation : allocations) {
      units += allocation.quantity();
    }
    return units;
  }

  /**
   * Tells whether two commands with one identifier ask for the same thing. A string's hash is
   * specified, so that it may be kept.
   */
  static int fingerprint(Kind kind, LocationId location, int quantity, String text) {
    return (kind.name() + '\n' + location.value() + '\n' + quantity + '\n' + text).hashCode();
  }

  private Shelf shelf(LocationId location) {
    return shelves.computeIfAbsent(location, any -> new Shelf());
  }

  private void add(LocationId location, long units) {
    shelf(location).onHand += units;
    onHand += units;
  }

  private void hold(List<Allocation> allocations, int sign) {
    for (var allocation : allocations) {
      long units = (long) sign * allocation.quantity();
      shelf(allocation.location()).reserved += units;
      reserved += units;
    }
  }

  private Open close(ReservationId reservationId) {
    var was = open.remove(reservationId);
    if (was != null) {
      due.remove(new Due(was.expiresAt(), reservationId));
    }
    return was;
  }

  private void remember(ReservationId reservationId, Ended how) {
    ended.remove(reservationId);
    ended.put(reservationId, how);
    forgetEldest(ended, ENDED_REMEMBERED);
  }

  private void remember(CommandId commandId, int fingerprint) {
    commands.put(commandId, fingerprint);
    forgetEldest(commands, COMMANDS_REMEMBERED);
  }

  private static void forgetEldest(Map<?, ?> memory, int limit) {
    if (memory.size() > limit) {
      var eldest = memory.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StockState that && toSnapshot().equals(that.toSnapshot());
  }

  @Override
  public int hashCode() {
    return toSnapshot().hashCode();
  }

  @Override
  public String toString() {
    return toSnapshot().toString();
  }

  /**
   * The state as snapshots hold it. Totals and the order of expiry are not in it: they follow from
   * the rest. Short names, since a snapshot may hold thousands of entries.
   *
   * @param shelves locations, in order
   * @param policy how the stock may be promised
   * @param open open reservations, the earliest expiry first
   * @param ended remembered endings, the eldest first, each as {@link #endedText}
   * @param commands remembered commands with their fingerprints, the eldest first
   * @param sold units committed and not returned
   * @param returns remembered returns, the eldest first, each as {@code
   *     <units>;<return>;<reservation>}; null when there are none
   */
  record Snapshot(
      @JsonProperty("l") List<ShelfSnapshot> shelves,
      @JsonProperty("p") StockPolicy policy,
      @JsonProperty("o") List<OpenSnapshot> open,
      @JsonProperty("e") List<String> ended,
      @JsonProperty("c") Map<String, Integer> commands,
      @JsonProperty("s") long sold,
      @JsonProperty("r") @JsonInclude(JsonInclude.Include.NON_NULL) List<String> returns) {}

  record ShelfSnapshot(
      @JsonProperty("l") LocationId location,
      @JsonProperty("h") long onHand,
      @JsonProperty("o") boolean opened) {}

  record OpenSnapshot(
      @JsonProperty("i") ReservationId reservationId,
      @JsonProperty("o") OrderId orderId,
      @JsonProperty("a") String allocations,
      @JsonProperty("x") long expiresAtMillis) {}

  @JsonValue
  Snapshot toSnapshot() {
    var index = new HashMap<LocationId, Integer>();
    var shelfList = new ArrayList<ShelfSnapshot>(shelves.size());
    shelves.forEach(
        (location, shelf) -> {
          index.put(location, index.size());
          shelfList.add(new ShelfSnapshot(location, shelf.onHand, shelf.opened));
        });
    var openList = new ArrayList<OpenSnapshot>(open.size());
    for (var entry : due) {
      var reservation = open.get(entry.reservationId());
      openList.add(
          new OpenSnapshot(
              entry.reservationId(),
              reservation.orderId(),
              allocationsText(reservation.allocations(), index),
              reservation.expiresAt().toEpochMilli()));
    }
    var endedList = new ArrayList<String>(ended.size());
    ended.forEach((id, how) -> endedList.add(endedText(id, how, index)));
    var commandMap = new LinkedHashMap<String, Integer>();
    commands.forEach((id, fingerprint) -> commandMap.put(id.value(), fingerprint));
    return new Snapshot(
        shelfList,
        policy,
        openList,
        endedList,
        commandMap,
        sold,
        returns.isEmpty() ? null : returnTexts());
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static StockState of(Snapshot snapshot) {
    var state = new StockState();
    var places = new ArrayList<LocationId>();
    for (var shelf : snapshot.shelves()) {
      places.add(shelf.location());
      state.add(shelf.location(), shelf.onHand());
      state.shelf(shelf.location()).opened = shelf.opened();
    }
    state.policy = snapshot.policy();
    for (var entry : snapshot.open()) {
      var reservation =
          new Open(
              entry.orderId(),
              allocations(entry.allocations(), places),
              Instant.ofEpochMilli(entry.expiresAtMillis()));
      state.hold(reservation.allocations(), 1);
      state.open.put(entry.reservationId(), reservation);
      state.due.add(new Due(reservation.expiresAt(), entry.reservationId()));
    }
    for (var text : snapshot.ended()) {
      readEnded(text, places, state.ended);
    }
    snapshot
        .commands()
        .forEach((id, fingerprint) -> state.commands.put(new CommandId(id), fingerprint));
    state.sold = snapshot.sold();
    if (snapshot.returns() != null) {
      for (var text : snapshot.returns()) {
        var parts = text.split(";", 3);
        state.returns.put(
            new ReturnId(parts[1]),
            new Returned(new ReservationId(parts[2]), Long.parseLong(parts[0])));
      }
    }
    return state;
  }

  private List<String> returnTexts() {
    var texts = new ArrayList<String>(returns.size());
    returns.forEach(
        (id, back) -> texts.add(back.units() + ";" + id.value() + ";" + back.reservationId()));
    return texts;
  }

  /**
   * {@code <end>;<expiry in ms, base 36>;<allocations>;<reservation>}: the end by its first three
   * letters; expiry and allocations only when it was confirmed.
   */
  private static String endedText(
      ReservationId id, Ended how, Map<LocationId, Integer> locationIndex) {
    var end = how.end().name().substring(0, 3);
    var was = how.reservation();
    if (was == null) {
      return end + ";;;" + id.value();
    }
    var expiry = was.expiresAt() == null ? "" : Long.toString(was.expiresAt().toEpochMilli(), 36);
    var where = allocationsText(was.allocations(), locationIndex);
    return end + ';' + expiry + ';' + where + ';' + id.value();
  }

  private static void readEnded(
      String text, List<LocationId> places, Map<ReservationId, Ended> into) {
    var parts = text.split(";", 4);
    var id = new ReservationId(parts[3]);
    for (var end : ReservationEnd.values()) {
      if (end.name().startsWith(parts[0])) {
        var reservation =
            parts[2].isEmpty()
                ? null
                : new Reservation(
                    id,
                    allocations(parts[2], places),
                    parts[1].isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(parts[1], 36)));
        into.put(id, new Ended(end, reservation));
      }
    }
  }

  /** {@code <index of the location>:<units>}, with commas between. */
  private static String allocationsText(
      List<Allocation> allocations, Map<LocationId, Integer> locationIndex) {
    var text = new StringBuilder();
    for (var allocation : allocations) {
      if (!text.isEmpty()) {
        text.append(',');
      }
      text.append(locationIndex.get(allocation.location())).append(':');
      text.append(allocation.quantity());
    }
    return text.toString();
  }

  private static List<Allocation> allocations(String text, List<LocationId> places) {
    var allocations = new ArrayList<Allocation>();
    for (var part : text.split(",")) {
      var colon = part.indexOf(':');
      allocations.add(
          new Allocation(
              places.get(Integer.parseInt(part, 0, colon, 10)),
              Integer.parseInt(part, colon + 1, part.length(), 10)));
    }
    return List.copyOf(allocations);
  }
}
