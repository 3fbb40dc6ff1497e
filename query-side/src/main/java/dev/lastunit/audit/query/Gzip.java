package dev.lastunit.audit.query;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Compresses a stream of bytes as it goes, on the thread that brings it. Stateless. */
public final class Gzip {

  private Gzip() {}

  /**
   * Whether a client accepts gzip.
   *
   * @param acceptEncoding values of the header {@code Accept-Encoding}
   */
  public static boolean isAccepted(List<String> acceptEncoding) {
    for (String value : acceptEncoding) {
      for (String coding : value.toLowerCase(Locale.ROOT).split(",")) {
        String[] parts = coding.strip().split("\\s*;\\s*", 2);
        boolean refused = parts.length == 2 && parts[1].matches("q\\s*=\\s*0(\\.0*)?");
        if (parts[0].equals("gzip") && !refused) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The same bytes as one gzip file. Keeps one piece at a time; the compressor is given back when
   * the stream ends, fails or is cancelled.
   */
  public static Flux<byte[]> compress(Flux<byte[]> pieces) {
    return Flux.using(
        File::new,
        file ->
            pieces
                .map(file::add)
                .concatWith(Mono.fromSupplier(file::end))
                .filter(bytes -> bytes.length > 0),
        File::close);
  }

  private static final class File {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final GZIPOutputStream gzip;

    File() {
      try {
        // Speed: most of what there is to gain is in names that come again and again.
        gzip =
            new GZIPOutputStream(written, EventLines.PIECE) {
              {
                def.setLevel(Deflater.BEST_SPEED);
              }
            };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] add(byte[] piece) {
      try {
        gzip.write(piece);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return taken();
    }

    byte[] end() {
      close();
      return taken();
    }

    void close() {
      try {
        gzip.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private byte[] taken() {
      byte[] bytes = written.toByteArray();
      written.reset();
      return bytes;
    }
  }
}
