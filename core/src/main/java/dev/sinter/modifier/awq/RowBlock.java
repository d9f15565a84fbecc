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
  /** Enough for fast products, and few enough to stop early and to stay in a core's cache. */
  private static final long ROWS = 256;

  /** All rows of some weights, in order. */
  static List<RowBlock> of(List<Linear> linears) {
    List<RowBlock> blocks = new ArrayList<>();
    for (Linear linear : linears) {
      long rows = linear.weight_RC().size(0);
      long step = step(linear.args().orElseThrow());
      for (long start = 0; start < rows; start += step) {
        blocks.add(new RowBlock(linear, start, Math.min(step, rows - start)));
      }
    }
    return blocks;
  }

  /** Rows that share scales stay together. */
  private static long step(QuantizationArgs args) {
    if (args.strategy() instanceof Strategy.Block block) {
      return Math.max(1, ROWS / block.rows()) * block.rows();
    }
    return ROWS;
  }

  QuantizationArgs args() {
    return linear.args().orElseThrow();
  }

  /** A view of the rows. */
  Tensor weight_RC() {
    return linear.weight_RC().narrow(0, start, rows);
  }
}
