/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Which layers see all tokens before, and which a window of them.
 *
 * @param sliding for each layer
 * @param window how many tokens the latter see
 */
record LayerTypes(List<Boolean> sliding, long window) {
  static final String FULL = "full_attention";
  private static final String KEY = "layer_types";
  static final String SLIDING = "sliding_attention";
  static final List<String> KNOWN = List.of(FULL, SLIDING);

  LayerTypes {
    sliding = List.copyOf(sliding);
  }

  /**
   * What {@code layer_types} says; where it is missing, what the family's older configs mean. The
   * window must be there if a layer needs it.
   */
  static LayerTypes of(ModelConfig config, int layers, IntPredicate usual) {
    List<String> said = new PerLayer(config, layers, 0).words(KEY, KNOWN, FULL);
    List<Boolean> sliding =
        IntStream.range(0, layers)
            .mapToObj(i -> config.has(KEY) ? said.get(i).equals(SLIDING) : usual.test(i))
            .toList();
    long window = sliding.contains(true) ? config.size("sliding_window") : Long.MAX_VALUE;
    return new LayerTypes(sliding, window);
  }

  /** Every layer sees all tokens before. */
  static boolean full(int layer) {
    return false;
  }

  boolean isSliding(int layer) {
    return sliding.get(layer);
  }

  /** The attention of a layer. */
  Attention limit(Attention attention, int layer) {
    return isSliding(layer) ? attention.within(window) : attention;
  }
}
