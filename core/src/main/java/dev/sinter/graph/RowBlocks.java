/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Works on blocks of rows that stay in a core's cache while several operations pass over them, and
 * whose intermediate results need no fresh pages of memory.
 */
final class RowBlocks {
  private static final long ELEMENTS = 1L << 18;

  private RowBlocks() {}

  /** Computes some rows of the output; what it allocates lives as long as the call. */
  @FunctionalInterface
  interface Function {
    Tensor apply(long first, long count);
  }

  /** A tensor like the given one, made block by block. */
  static Tensor map(Tensor like_NC, Function function) {
    Tensor out_NC = torch.empty_like(like_NC);
    long rows = like_NC.size(0);
    long step = Math.max(1, ELEMENTS / Math.max(1, like_NC.size(1)));
    for (long first = 0; first < rows; first += step) {
      try (Scope scope = Scope.open()) {
        long count = Math.min(step, rows - first);
        out_NC.narrow(0, first, count).copy_(function.apply(first, count));
      }
    }
    return out_NC;
  }
}
