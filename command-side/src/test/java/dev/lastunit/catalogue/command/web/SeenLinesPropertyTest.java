package dev.lastunit.catalogue.command.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/**
 * The compact map against a plain one, with keys that meet often and keys that share their slot.
 */
class SeenLinesPropertyTest {

  @Property(tries = 50)
  void keepsTheFirstEntryOfEachKey(
      @ForAll @Size(min = 1, max = 4_000) List<@IntRange(min = 0, max = 3_000) Integer> seeds,
      @ForAll @IntRange(min = 0, max = 40) int shift) {
    var seen = new SeenLines();
    var plain = new HashMap<Long, Long>();
    for (int i = 0; i < seeds.size(); i++) {
      // Shifted keys share their lower bits, on which slots depend.
      long key = (long) seeds.get(i) << shift;
      long entry = SeenLines.entry(seeds.get(i) * 31, i + 1L);

      assertThat(seen.get(key)).isEqualTo(plain.getOrDefault(key, SeenLines.ABSENT));
      seen.putIfAbsent(key, entry);
      plain.putIfAbsent(key, entry);
    }
    assertThat(seen.size()).isEqualTo(plain.size());
    plain.forEach((key, entry) -> assertThat(seen.get(key)).isEqualTo(entry));
  }

  @Property
  void packsCheckAndLine(
      @ForAll int check, @ForAll @LongRange(min = 1, max = 0xFFFF_FFFFL) long line) {
    var entry = SeenLines.entry(check, line);

    assertThat(SeenLines.contentCheck(entry)).isEqualTo(check);
    assertThat(SeenLines.line(entry)).isEqualTo(line);
    assertThat(entry).isNotEqualTo(SeenLines.ABSENT);
  }
}
