package dev.lastunit.catalogue.query.search;

import org.apache.lucene.index.FieldInvertState;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.SmallFloat;

/**
 * How much a word in a field counts: by the field's boost, by how well the word fits, and in names
 * by their length.
 *
 * <p>A product's score depends on the product and the query alone, never on what else the index
 * holds, and is a multiple of 1/256: sums are exact in whatever order they are made. So a score in
 * a cursor still says where a page ended when the index has changed. That words are rare counts
 * nothing for it; since a product must have all words, it would count little.
 */
final class WordScores extends Similarity {

  private static final float STEPS = 256;

  /** The score of a word that fits half as well is three quarters of the whole. */
  private static final float HALF = 0.5f;

  @Override
  public long computeNorm(FieldInvertState state) {
    return SmallFloat.intToByte4(state.getLength() - state.getNumOverlap());
  }

  @Override
  public SimScorer scorer(float boost, CollectionStatistics field, TermStatistics... terms) {
    return new Scorer(boost, field.field().equals(Fields.NAME));
  }

  private static final class Scorer extends SimScorer {

    private final float boost;
    private final boolean byLength;

    Scorer(float boost, boolean byLength) {
      this.boost = boost;
      this.byLength = byLength;
    }

    @Override
    public float score(float fit, long norm) {
      float length = byLength ? SmallFloat.byte4ToInt((byte) norm) : 4;
      float value = boost * (1 + HALF) * fit / (fit + HALF) / (0.6f + 0.1f * length);
      return Math.round(value * STEPS) / STEPS;
    }
  }
}
