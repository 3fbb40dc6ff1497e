package dev.lastunit.catalogue.query.search;

import dev.lastunit.catalogue.api.ProductEvent;
import dev.lastunit.catalogue.api.ProductEvent.ProductAdded;
import dev.lastunit.catalogue.api.ProductEvent.ProductChanged;
import dev.lastunit.catalogue.api.ProductEvent.ProductDelisted;
import dev.lastunit.inventory.api.StockEvent;
import dev.lastunit.shared.api.RecordedEvent;
import dev.lastunit.shared.api.Sku;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;

/**
 * Writes events into an index. Of a product the last event of a batch counts; of stock only whether
 * its status has changed, which rewrites no document.
 *
 * <p>Handling the same events again does no harm. Not thread-safe.
 */
final class IndexWriting {

  private final IndexWriter writer;
  private final StockLevels stock;
  private final ProductDocuments documents = new ProductDocuments();

  /** What was written since the reader was made; null for what was deleted. */
  private final Map<String, Known> unread = new HashMap<>();

  private DirectoryReader reader;

  /** What of a document cannot be told from an event. */
  private record Known(long added, StockStatus status) {}

  /** What a batch says about one product: the last event, and since when it is listed. */
  private record Change(ProductEvent last, Long added) {}

  /**
   * @param reader of everything that the writer holds
   */
  IndexWriting(IndexWriter writer, DirectoryReader reader, StockLevels stock) {
    this.writer = writer;
    this.reader = reader;
    this.stock = stock;
  }

  /** From now on this reader holds everything that was written. */
  void read(DirectoryReader fresh) {
    reader = fresh;
    unread.clear();
  }

  /** Writes a batch; answers whether anything in the index has changed. */
  boolean write(List<RecordedEvent> batch) throws IOException {
    Map<Sku, Change> products = new LinkedHashMap<>();
    Set<Sku> moved = new LinkedHashSet<>();
    for (RecordedEvent event : batch) {
      if (event.payload() instanceof ProductEvent product) {
        Change before = products.get(product.sku());
        Long added =
            product instanceof ProductAdded
                ? (Long) event.position()
                : before == null ? null : before.added();
        products.put(product.sku(), new Change(product, added));
      } else if (event.payload() instanceof StockEvent movement) {
        moved.add(movement.sku());
      }
    }
    Map<String, Long> levels = stock.of(whoseStockMatters(products, moved));
    boolean changed = false;
    for (Map.Entry<Sku, Change> product : products.entrySet()) {
      long at = batch.getLast().position();
      changed |= write(product.getKey(), product.getValue(), at, levels);
    }
    for (Sku sku : moved) {
      if (!products.containsKey(sku)) {
        changed |= update(sku.value(), levels);
      }
    }
    return changed;
  }

  private static Set<String> whoseStockMatters(Map<Sku, Change> products, Set<Sku> moved) {
    Set<String> skus = new HashSet<>();
    products.forEach(
        (sku, change) -> {
          if (!(change.last() instanceof ProductDelisted)) {
            skus.add(sku.value());
          }
        });
    moved.forEach(sku -> skus.add(sku.value()));
    return skus;
  }

  private boolean write(Sku sku, Change change, long at, Map<String, Long> levels)
      throws IOException {
    Known known = known(sku.value());
    Term key = new Term(Fields.SKU, sku.value());
    var details =
        switch (change.last()) {
          case ProductAdded added -> added.details();
          case ProductChanged changed -> changed.details();
          case ProductDelisted _ -> null;
        };
    if (details == null) {
      writer.deleteDocuments(key);
      unread.put(sku.value(), null);
      return known != null;
    }
    long added = change.added() != null ? change.added() : known != null ? known.added() : at;
    StockStatus status = StockStatus.of(levels.getOrDefault(sku.value(), 0L));
    Document document = documents.of(sku, details, added, status);
    if (known == null) {
      writer.addDocument(document);
    } else {
      writer.updateDocument(key, document);
    }
    unread.put(sku.value(), new Known(added, status));
    return true;
  }

  private boolean update(String sku, Map<String, Long> levels) throws IOException {
    Known known = known(sku);
    StockStatus status = StockStatus.of(levels.getOrDefault(sku, 0L));
    if (known == null || known.status() == status) {
      return false;
    }
    writer.updateNumericDocValue(new Term(Fields.SKU, sku), Fields.STATUS, status.ordinal());
    unread.put(sku, new Known(known.added(), status));
    return true;
  }

  private Known known(String sku) throws IOException {
    if (unread.containsKey(sku)) {
      return unread.get(sku);
    }
    Term key = new Term(Fields.SKU, sku);
    for (LeafReaderContext leaf : reader.leaves()) {
      PostingsEnum found = leaf.reader().postings(key, PostingsEnum.NONE);
      if (found == null) {
        continue;
      }
      for (int document = found.nextDoc();
          document != DocIdSetIterator.NO_MORE_DOCS;
          document = found.nextDoc()) {
        if (leaf.reader().getLiveDocs() == null || leaf.reader().getLiveDocs().get(document)) {
          SortedNumericDocValues added = DocValues.getSortedNumeric(leaf.reader(), Fields.ADDED);
          NumericDocValues status = DocValues.getNumeric(leaf.reader(), Fields.STATUS);
          if (added.advanceExact(document) && status.advanceExact(document)) {
            return new Known(added.nextValue(), StockStatus.values()[(int) status.longValue()]);
          }
        }
      }
    }
    return null;
  }
}
