/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.dataset.DataRow;
import dev.sinter.dataset.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;

/** Reads rows, more and more of them, until there are enough samples. */
final class SampleReader {
  /** So many rows more than samples are looked at first, since some may be empty: an eighth. */
  private static final int SPARE = 8;

  private final RowChoice rows;
  private final RawRows raw;
  private final SampleEncoding encoding;
  private final Sampling sampling;
  private int seen;
  private int empty;
  private boolean exhausted;

  SampleReader(
      JavaSparkContext spark,
      RowSource source,
      Content content,
      TokenizerSource tokenizer,
      Sampling sampling) {
    this.sampling = sampling;
    this.raw = new RawRows(source, content);
    this.rows =
        sampling.order() == Sampling.Order.FILE
            ? RowChoice.asTheyStand(source, content.columns())
            : RowChoice.shuffled(source, content.columns(), sampling.seed());
    this.encoding =
        isPacked()
            ? SampleEncoding.whole(spark, source, tokenizer)
            : SampleEncoding.cut(spark, source, tokenizer, sampling.maxLength());
  }

  private boolean isPacked() {
    return sampling.packing() == Sampling.Packing.BLOCKS;
  }

  /** How many rows were looked at. */
  int seen() {
    return seen;
  }

  /** How many rows were passed over. */
  int empty() {
    return empty;
  }

  /** Where texts were cut. */
  int limit() {
    return encoding.limit();
  }

  /** What a person should know of how samples were made. */
  Optional<String> notice() {
    return encoding.notice();
  }

  List<int[]> read() throws IOException {
    return isPacked() ? blocks() : rows();
  }

  /** Why there are no samples, to follow the data set's name. */
  String nothing() {
    if (seen == 0) {
      return "holds no rows";
    }
    return empty < seen
        ? "does not fill one sample of --max-seq-length " + sampling.maxLength().orElseThrow()
        : "holds no samples: all of its " + seen + " rows are without text";
  }

  private List<int[]> rows() throws IOException {
    List<int[]> found = new ArrayList<>();
    int count = sampling.count() + sampling.count() / SPARE + SPARE;
    while (found.size() < sampling.count() && !exhausted) {
      found.addAll(further(count, sampling.count() - found.size()));
      count *= 2;
    }
    return found;
  }

  private List<int[]> blocks() throws IOException {
    int length = sampling.maxLength().orElseThrow();
    long open = (long) sampling.count() * length;
    List<int[]> found = new ArrayList<>();
    int count = sampling.count();
    while (open > 0 && !exhausted) {
      List<int[]> more = further(count, Integer.MAX_VALUE);
      open -= more.stream().mapToLong(ids -> ids.length).sum();
      found.addAll(more);
      count *= 2;
    }
    int[] ids = found.stream().flatMapToInt(Arrays::stream).toArray();
    return Windows.of(ids, length, sampling.count());
  }

  /** The samples of further rows, up to so many rows in all. */
  private List<int[]> further(int count, int wanted) throws IOException {
    List<DataRow> all = rows.first(count);
    exhausted = all.size() < count;
    List<RawRow> more =
        raw.of(all.subList(seen, all.size())).stream().map(RawRow::withoutBlanks).toList();
    seen = all.size();
    List<int[]> encoded = encoding.encode(more);
    List<int[]> found = new ArrayList<>();
    int passed = 0;
    for (int[] ids : encoded) {
      if (ids.length == 0) {
        passed++;
      } else if (found.size() < wanted) {
        found.add(ids);
        empty += passed;
        passed = 0;
      }
    }
    // Behind the last sample nothing was looked for.
    empty += found.size() < wanted ? passed : 0;
    return found;
  }
}
