package dev.lastunit.bench.report;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Milliseconds; null when there was nothing to measure.
 *
 * @param histogram all values in nanoseconds, in HdrHistogram's compressed form as Base64
 */
public record Latency(
    Double p50, Double p95, Double p99, Double p999, Double max, String histogram) {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Of values in nanoseconds. */
  public static Latency of(Histogram nanos) {
    ByteBuffer buffer = ByteBuffer.allocate(nanos.getNeededByteBufferCapacity());
    int length = nanos.encodeIntoCompressedByteBuffer(buffer);
    return new Latency(
        millis(nanos, 50),
        millis(nanos, 95),
        millis(nanos, 99),
        millis(nanos, 99.9),
        millis(nanos, 100),
        Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length)));
  }

  private static Double millis(Histogram nanos, double percentile) {
    return nanos.getTotalCount() == 0
        ? null
        : nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
  }

  /** All values again, in nanoseconds. */
  Histogram decode() throws DataFormatException {
    return Histogram.decodeFromCompressedByteBuffer(
        ByteBuffer.wrap(Base64.getDecoder().decode(histogram)), 0);
  }
}
