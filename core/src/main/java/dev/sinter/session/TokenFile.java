/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.session;

import dev.sinter.checkpoint.FileStore;
import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.task.TokenSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The calibration set as token ids, in its order, and the hash of the file that holds it.
 *
 * @param rows how many rows of data were read for it
 */
public record TokenFile(List<TensorEntry> samples, String sha256, long rows) {

  static TokenFile open(FileStore store, String file, String sha256, long rows) throws IOException {
    List<TensorEntry> samples = new ArrayList<>(SafetensorsHeader.read(store, file).tensors());
    samples.sort(Comparator.comparing(TensorEntry::name));
    return new TokenFile(samples, sha256, rows);
  }

  /** Cuts the set, in order, into at most so many slices, whose sizes differ by one at most. */
  public List<TokenSlice> slices(int count) {
    List<TokenSlice> cut = new ArrayList<>();
    for (SliceRange range : SliceRange.cut(samples.size(), count)) {
      cut.add(new TokenSlice(cut.size(), samples.subList(range.start(), range.end())));
    }
    return cut;
  }

  /** How many there are in all. */
  public long tokens() {
    return samples.stream().mapToLong(sample -> sample.spec().shape().elements()).sum();
  }
}
