/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

import dev.sinter.modifier.Smoother.Linear;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.Strategy;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Some rows of one of the weights of a pair, that are looked at together. */
record RowBlock(Linear linear, long start, long rows) {
  /**
   * The first blocks are small, so that a bad candidate is soon given up; then enough for fast
   * products, and few enough to stay in a core's cache.
   */
  private static final long FEWEST = 32;

  private static final long MOST = 256;

  /** All rows of some weights: the first block of each, the second of each, and so on. */
  static List<RowBlock> of(List<Linear> linears) {
    List<List<RowBlock>> each = linears.stream().map(RowBlock::of).toList();
    int most = each.stream().mapToInt(List::size).max().orElse(0);
    List<RowBlock> blocks = new ArrayList<>();
    for (int round = 0; round < most; round++) {
      for (List<RowBlock> ofLinear : each) {
        if (round < ofLinear.size()) {
          blocks.add(ofLinear.get(round));
        }
      }
    }
    return blocks;
  }

  private static List<RowBlock> of(Linear linear) {
    long rows = linear.weight_RC().size(0);
    List<RowBlock> blocks = new ArrayList<>();
    long size = FEWEST;
    long start = 0;
    while (start < rows) {
      long count = Math.min(together(linear.args().orElseThrow(), size), rows - start);
      blocks.add(new RowBlock(linear, start, count));
      start += count;
      size = Math.min(2 * size, MOST);
    }
    return blocks;
  }

  /** About so many rows, so that those that share scales stay together. */
  private static long together(QuantizationArgs args, long rows) {
    if (args.strategy() instanceof Strategy.Block block) {
      return Math.max(1, rows / block.rows()) * block.rows();
    }
    return rows;
  }

  QuantizationArgs args() {
    return linear.args().orElseThrow();
  }

  /** A view of the rows. */
  Tensor weight_RC() {
    return linear.weight_RC().narrow(0, start, rows);
  }
}
