/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.data;

import dev.sinter.session.SliceRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What becomes of samples of unequal length in one micro-batch.
 *
 * @param batchSize samples in a micro-batch
 * @param slices into how many slices the samples are cut
 */
public record Collation(Collator collator, int batchSize, int slices) {

  /** The reference's collators, and none. */
  public enum Collator {
    /** Samples stay as they are: they lie behind each other, and nothing fills them up. */
    NONE,
    /** What would be filled up is not computed: the same as none. */
    PADDING,
    /** All samples of a micro-batch are cut to the shortest. */
    TRUNCATION
  }

  /** What decides the samples, beside batches and slices: whether they are cut to each other. */
  String identity() {
    return (collator == Collator.TRUNCATION ? Collator.TRUNCATION : Collator.NONE).name();
  }

  /** The samples as they are run. */
  List<int[]> of(List<int[]> samples) {
    if (collator != Collator.TRUNCATION) {
      return samples;
    }
    List<int[]> cut = new ArrayList<>();
    for (SliceRange slice : SliceRange.cut(samples.size(), slices)) {
      for (SliceRange range : slice.batches(batchSize)) {
        List<int[]> batch = samples.subList(range.start(), range.end());
        int shortest = batch.stream().mapToInt(ids -> ids.length).min().orElseThrow();
        batch.forEach(ids -> cut.add(Arrays.copyOf(ids, shortest)));
      }
    }
    return cut;
  }
}
