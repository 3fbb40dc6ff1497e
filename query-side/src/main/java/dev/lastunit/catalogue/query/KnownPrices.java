package dev.lastunit.catalogue.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.lastunit.catalogue.api.CatalogueQuery.PricedProduct;
import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.shared.api.LiveEvents;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names and prices that were read from the catalogue's table and have not changed since: each one
 * is as of {@link #position()}. A product that changes is forgotten as the event comes, and is read
 * again when somebody asks for it.
 *
 * <p>A read and a change may overtake each other. So what is read is remembered only if it is known
 * that no change came after the position that the table had reached before the read: the latest
 * changes are kept by SKU, and of those before them the position up to which nothing is known.
 *
 * <p>Thread-safe; never blocks but for a short lock.
 */
final class KnownPrices {

  /** Changes that are known one by one; an import makes some thousands a second. */
  static final int CHANGES = 10_000;

  private final Cache<Sku, PricedProduct> prices;

  /** Under its own lock: position of each SKU's last change, the oldest first. */
  private final LinkedHashMap<Sku, Long> changes = new LinkedHashMap<>();

  /** Under the lock of {@link #changes}: changes up to this position may have been missed. */
  private long unknownUpTo = Long.MAX_VALUE;

  private volatile long position;

  /**
   * @param size most products remembered, about 300 bytes each; 0 for none
   */
  KnownPrices(long size) {
    // What it has to tidy up is little, and done at once by whoever causes it.
    this.prices = Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
  }

  /** Begins to follow the catalogue's changes; for as long as both live. */
  void follow(LiveEvents live) {
    live.watchAll(this::see);
  }

  /**
   * Position up to which every change is known; 0 before the first event has come. What is found
   * after this call is at least as new.
   */
  long position() {
    return position;
  }

  /** Those of the products that are known; those that are not listed never are. */
  Map<Sku, PricedProduct> find(Collection<Sku> skus) {
    return prices.getAllPresent(skus);
  }

  /**
   * Remembers what was read from the table.
   *
   * @param tablePosition what the table had reached before the read began
   */
  void read(List<PricedProduct> products, long tablePosition) {
    synchronized (changes) {
      if (tablePosition < unknownUpTo) {
        return;
      }
      for (PricedProduct product : products) {
        if (changes.getOrDefault(product.sku(), 0L) <= tablePosition) {
          prices.put(product.sku(), product);
        }
      }
    }
  }

  private void see(RecordedEvent event) {
    long before = position;
    if (before == 0 || event.position() != before + 1) {
      startOver(event.position() - 1);
    }
    if (event.payload() instanceof ProductEvent change) {
      forget(change.sku(), event.position());
    }
    position = event.position();
  }

  private void startOver(long unknown) {
    synchronized (changes) {
      unknownUpTo = unknown;
      changes.clear();
      prices.invalidateAll();
    }
  }

  private void forget(Sku sku, long at) {
    synchronized (changes) {
      changes.remove(sku);
      changes.put(sku, at);
      if (changes.size() > CHANGES) {
        unknownUpTo = changes.pollFirstEntry().getValue();
      }
      prices.invalidate(sku);
    }
  }
}
