package dev.lastunit.catalogue.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.Positions;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import dev.lastunit.shared.query.ReadModelGate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * Pages of listed products, kept in memory while they are true.
 *
 * <p><b>True at a position.</b> A page shows the rows as they were when the model had reached the
 * page's own position. It stays true until the model reaches an event of its product or of its
 * stock: such events are seen as they are committed, which is before the model has them; should
 * that ever be the other way round, kept pages wait for it. So a kept page is never older than the
 * rows, and a product that nobody touches is read once.
 *
 * <p><b>One read at a time.</b> However many ask for a page that is not there, one of them reads it
 * for all. Whoever asks for a position gets a read that began when the model had got there.
 *
 * <p>Thread-safe; never blocks. Errors are the database's or READ_MODEL_BEHIND, and a repeat is
 * safe; they are not kept.
 */
public final class ProductPages {

  /** What a page takes beside its JSON, about, in bytes. */
  private static final int OVERHEAD = 400;

  private final Source rows;
  private final ReadModelGate gate;
  private final Positions positions;
  private final Cache<Sku, Slot> slots;

  /** Position of the event that is being looked at, or was last. */
  private volatile long arriving;

  /** Position up to which every event was told to the slots that it concerns. */
  private volatile long seen;

  /** Where pages are read. */
  interface Source {

    /**
     * A listed product's page; empty when there is none.
     *
     * @param position what the model has reached before this call
     */
    Mono<ProductPage> find(Sku sku, long position);
  }

  /**
   * A page with the position up to which it is certainly true.
   *
   * @param page null when the product is not listed
   */
  public record Shown(ProductPage page, long position) {}

  /**
   * @param bytes memory that pages may take
   */
  ProductPages(Source rows, ReadModelGate gate, Positions positions, long bytes) {
    this.rows = rows;
    this.gate = gate;
    this.positions = positions;
    // What it has to tidy up is little, and done at once by whoever causes it.
    this.slots =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(bytes)
            .weigher((Sku sku, Slot slot) -> slot.weight())
            .build();
  }

  /** Begins to follow what changes; for as long as both live. */
  void follow(LiveEvents live) {
    live.watchAll(this::see);
  }

  /**
   * The page if it is at hand, else empty. Where few units are left, only one that holds all that
   * this node knows to be committed.
   */
  public Optional<Shown> atHand(Sku sku) {
    Slot slot = slots.getIfPresent(sku);
    if (slot == null) {
      return Optional.empty();
    }
    Shown shown = slot.shown(sku);
    return shown == null || (shown.page().isScarce() && shown.position() < positions.head())
        ? Optional.empty()
        : Optional.of(shown);
  }

  /**
   * The page. Where few units are left it holds all that was committed on this node before the
   * call: the last unit is worth the moment that the model needs.
   *
   * @param minPosition what the page must hold at least, 0 for any
   */
  public Mono<Shown> find(Sku sku, long minPosition) {
    return read(sku, minPosition)
        .flatMap(
            shown -> {
              long head = positions.head();
              return shown.page() != null && shown.page().isScarce() && shown.position() < head
                  ? read(sku, Math.max(minPosition, head))
                  : Mono.just(shown);
            });
  }

  private Mono<Shown> read(Sku sku, long minPosition) {
    return Mono.defer(
        () -> {
          Slot slot = slots.get(sku, key -> new Slot());
          slot.begin();
          Shown shown = slot.shown(sku);
          if (shown != null && shown.position() >= minPosition) {
            return Mono.just(shown);
          }
          return Mono.fromFuture(slot.read(sku, minPosition), true)
              .flatMap(
                  read ->
                      read.position() >= minPosition
                          ? Mono.just(read)
                          // Somebody else's read, who was content with less.
                          : read(sku, minPosition));
        });
  }

  private void see(RecordedEvent event) {
    if (event.position() != seen + 1) {
      slots.invalidateAll();
    }
    // Before the slot is looked for: one that is made later begins after this event.
    arriving = event.position();
    Sku changed = ShownChanges.skuOf(event);
    if (changed != null) {
      // Quietly: what is ordered is not for that reason looked at.
      Slot slot = slots.policy().getIfPresentQuietly(changed);
      if (slot != null) {
        slot.changed(event.position());
      }
    }
    seen = event.position();
  }

  /**
   * What is known of a product. Events between the first and the last may concern it, others do
   * not.
   *
   * @param page null before it was read
   * @param first position of the first event that the page may lack
   * @param last position of the last event that the page may lack; 0 for none
   */
  private record Known(ProductPage page, long first, long last) {

    private Known changed(long position) {
      return new Known(page, last == 0 ? position : first, position);
    }

    /** After a read of the model as it was at the page's position. */
    private Known read(ProductPage fresh) {
      return last <= fresh.position()
          ? new Known(fresh, 0, 0)
          : new Known(fresh, Math.max(first, fresh.position() + 1), last);
    }

    /** Whether the page shows what the model has at the position. */
    private boolean isTrueAt(long position) {
      return page != null
          && (last <= page.position() || position < Math.max(first, page.position() + 1));
    }
  }

  /** The place of one product's page. */
  private final class Slot {

    private final AtomicReference<Known> known = new AtomicReference<>(new Known(null, 0, 0));
    private final AtomicReference<CompletableFuture<Shown>> reading = new AtomicReference<>();
    private volatile boolean begun;

    /** Called once the slot is in its place: of events before nobody told it. */
    private void begin() {
      if (!begun) {
        long before = Math.max(arriving, positions.head());
        known.updateAndGet(now -> new Known(now.page(), 1, Math.max(before, now.last())));
        begun = true;
      }
    }

    private void changed(long position) {
      known.updateAndGet(now -> now.changed(position));
    }

    /** The page while it is true, else null. */
    private Shown shown(Sku sku) {
      // In this order: the slot was told of all events up to here before it is looked at, unless it
      // has lost its place, which it never gets back.
      long told = seen;
      long model = positions.of(CatalogueReads.MODEL);
      Known now = known.get();
      // What the model has and nobody has told of yet, the page may lack.
      return now.isTrueAt(model)
              && Math.max(told, now.page().position()) >= model
              && slots.policy().getIfPresentQuietly(sku) == this
          ? new Shown(now.page(), Math.max(Math.min(told, model), now.page().position()))
          : null;
    }

    /** The read that is under way, or a new one. */
    private CompletableFuture<Shown> read(Sku sku, long minPosition) {
      CompletableFuture<Shown> mine = new CompletableFuture<>();
      CompletableFuture<Shown> others = reading.compareAndExchange(null, mine);
      if (others != null) {
        return others;
      }
      gate.reached(CatalogueReads.MODEL, minPosition)
          .flatMap(
              position -> {
                // While it waited for the model, the page may have turned out to be true still.
                Shown shown = shown(sku);
                return shown != null && shown.position() >= minPosition
                    ? Mono.just(shown)
                    : rows.find(sku, position)
                        .map(page -> keep(sku, page))
                        .switchIfEmpty(Mono.fromCallable(() -> forget(sku, position)));
              })
          .subscribe(
              shown -> {
                reading.set(null);
                mine.complete(shown);
              },
              failure -> {
                reading.set(null);
                mine.completeExceptionally(failure);
              });
      return mine;
    }

    private Shown keep(Sku sku, ProductPage page) {
      known.updateAndGet(now -> now.read(page));
      // Put again, for its weight to be taken.
      slots.asMap().replace(sku, this, this);
      return new Shown(page, page.position());
    }

    /** Anybody can ask for what does not exist, as often as he likes. */
    private Shown forget(Sku sku, long position) {
      slots.asMap().remove(sku, this);
      return new Shown(null, position);
    }

    private int weight() {
      ProductPage page = known.get().page();
      return OVERHEAD + (page == null ? 0 : page.json().length);
    }
  }
}
