/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import java.util.ArrayList;
import java.util.List;

/**
 * Samples that follow each other, by their number: those of a slice, or of a micro-batch.
 *
 * @param end behind the last
 */
public record SliceRange(int start, int end) {

  /** Cuts samples, in order, into at most so many slices, whose sizes differ by one at most. */
  public static List<SliceRange> cut(int samples, int count) {
    int slices = Math.min(count, samples);
    List<SliceRange> cut = new ArrayList<>();
    for (int i = 0; i < slices; i++) {
      int start = (int) ((long) samples * i / slices);
      int end = (int) ((long) samples * (i + 1) / slices);
      cut.add(new SliceRange(start, end));
    }
    return cut;
  }

  /** The micro-batches of a slice: so many samples each, the last what is left. */
  public List<SliceRange> batches(int size) {
    List<SliceRange> batches = new ArrayList<>();
    for (int first = start; first < end; first += size) {
      batches.add(new SliceRange(first, Math.min(first + size, end)));
    }
    return batches;
  }
}
