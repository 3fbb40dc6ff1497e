package dev.lastunit.catalogue.command.web;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into records: lines, or for CSV lines whose quoted fields may hold line
 * ends (RFC 4180). Keeps no more than one record and a read buffer in memory: a record beyond the
 * limit is passed over to its end and only reported.
 *
 * <p>A byte order mark at the beginning and blank lines are left out. Not thread-safe; blocks.
 */
final class RecordReader implements Closeable {

  /** Longest record in bytes. */
  static final int MAX_RECORD_BYTES = 1024 * 1024;

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /**
   * One record.
   *
   * @param firstLine number of the line on which it begins, from 1
   * @param lastLine number of the line on which it ends
   * @param bytes its content without the line end; null when it is too long
   */
  record RawRecord(long firstLine, long lastLine, byte[] bytes) {

    boolean tooLong() {
      return bytes == null;
    }
  }

  private enum Place {
    FIELD_START,
    PLAIN,
    QUOTED,
    QUOTE_IN_QUOTED
  }

  private final InputStream in;
  private final boolean quoting;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private long line = 1;
  private byte[] content = new byte[1024];
  private int length;
  private boolean overflow;

  /** Whether the last record ended with a line end and not with the stream. */
  private boolean ended;

  /**
   * @param quoting whether double quotes may hold line ends
   */
  RecordReader(InputStream in, boolean quoting) throws IOException {
    this.in = in;
    this.quoting = quoting;
    skipByteOrderMark();
  }

  /** The next record that is not blank, or null at the end. */
  RawRecord next() throws IOException {
    while (true) {
      long firstLine = line;
      if (!(quoting ? readRecord() : readLine())) {
        return null;
      }
      // The line end that ended the record has been counted already.
      long lastLine = ended ? line - 1 : line;
      if (overflow) {
        return new RawRecord(firstLine, lastLine, null);
      }
      if (length > 0 && content[length - 1] == '\r') {
        length--;
      }
      if (!isBlank()) {
        return new RawRecord(firstLine, lastLine, Arrays.copyOf(content, length));
      }
    }
  }

  /** Where quotes mean nothing, whole stretches of the buffer are taken over at once. */
  private boolean readLine() throws IOException {
    length = 0;
    overflow = false;
    ended = false;
    var any = false;
    while (position < limit || fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      store(position, end - position);
      position = end;
      if (end < limit) {
        position++;
        line++;
        ended = true;
        return true;
      }
    }
    return any;
  }

  private boolean readRecord() throws IOException {
    length = 0;
    overflow = false;
    ended = false;
    var place = Place.FIELD_START;
    var any = false;
    for (int b = read(); b >= 0; b = read()) {
      any = true;
      if (b == '\n') {
        line++;
        if (place != Place.QUOTED) {
          ended = true;
          return true;
        }
      }
      place = next(place, b);
      store((byte) b);
    }
    return any;
  }

  private static Place next(Place place, int b) {
    return switch (place) {
      case QUOTED -> b == '"' ? Place.QUOTE_IN_QUOTED : Place.QUOTED;
      case QUOTE_IN_QUOTED ->
          switch (b) {
            case '"' -> Place.QUOTED;
            case ',' -> Place.FIELD_START;
            default -> Place.PLAIN;
          };
      case FIELD_START ->
          switch (b) {
            case '"' -> Place.QUOTED;
            case ',' -> Place.FIELD_START;
            default -> Place.PLAIN;
          };
      case PLAIN -> b == ',' ? Place.FIELD_START : Place.PLAIN;
    };
  }

  private void store(int from, int count) {
    int fits = Math.min(count, MAX_RECORD_BYTES - length);
    overflow |= fits < count;
    if (length + fits > content.length) {
      int more = Math.max(length + fits, content.length * 2);
      content = Arrays.copyOf(content, Math.min(MAX_RECORD_BYTES, more));
    }
    System.arraycopy(buffer, from, content, length, fits);
    length += fits;
  }

  private void store(byte b) {
    if (length == MAX_RECORD_BYTES) {
      overflow = true;
      return;
    }
    if (length == content.length) {
      content = Arrays.copyOf(content, Math.min(MAX_RECORD_BYTES, content.length * 2));
    }
    content[length++] = b;
  }

  private boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (content[i] != ' ' && content[i] != '\t' && content[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private int read() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xFF;
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer, 0, buffer.length);
    position = 0;
    limit = Math.max(0, read);
    return read > 0;
  }

  private void skipByteOrderMark() throws IOException {
    int read = in.readNBytes(buffer, 0, BYTE_ORDER_MARK.length);
    position = 0;
    limit = read;
    if (read == BYTE_ORDER_MARK.length
        && Arrays.equals(buffer, 0, read, BYTE_ORDER_MARK, 0, read)) {
      position = read;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
