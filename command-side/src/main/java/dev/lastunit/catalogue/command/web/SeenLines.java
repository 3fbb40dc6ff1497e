package dev.lastunit.catalogue.command.web;

/**
 * Which keys an import has met, with a check of their content and the line of the first: 16 bytes
 * an entry, since a catalogue may have millions.
 *
 * <p>Keys are 64 bits of a cryptographic hash: among ten million the chance that any two meet is
 * below one in a hundred thousand. Open addressing with linear probing. Not thread-safe.
 */
final class SeenLines {

  /** No entry; an entry is never 0, since lines count from 1. */
  static final long ABSENT = 0;

  private static final long LINE_MASK = 0xFFFF_FFFFL;

  private long[] keys = new long[1024];
  private long[] entries = new long[1024];
  private int size;

  /** An entry of a content check and a line; lines beyond 4,294,967,295 are kept as that. */
  static long entry(int contentCheck, long line) {
    return ((long) contentCheck << 32) | Math.min(line, LINE_MASK);
  }

  static long line(long entry) {
    return entry & LINE_MASK;
  }

  static int contentCheck(long entry) {
    return (int) (entry >>> 32);
  }

  /** The key's entry, or {@link #ABSENT}. */
  long get(long key) {
    return entries[slot(keys, entries, key)];
  }

  /** Notes the key's entry, unless there is one. */
  void putIfAbsent(long key, long entry) {
    int slot = slot(keys, entries, key);
    if (entries[slot] != ABSENT) {
      return;
    }
    keys[slot] = key;
    entries[slot] = entry;
    if (++size > keys.length / 4 * 3) {
      grow();
    }
  }

  int size() {
    return size;
  }

  private static int slot(long[] keys, long[] entries, long key) {
    int mask = keys.length - 1;
    int slot = (int) key & mask;
    while (entries[slot] != ABSENT && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    var newKeys = new long[keys.length * 2];
    var newEntries = new long[keys.length * 2];
    for (int i = 0; i < keys.length; i++) {
      if (entries[i] != ABSENT) {
        int slot = slot(newKeys, newEntries, keys[i]);
        newKeys[slot] = keys[i];
        newEntries[slot] = entries[i];
      }
    }
    keys = newKeys;
    entries = newEntries;
  }
}
