/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Which layers see all tokens before, and which a window of them.
 *
 * @param sliding for each layer
 * @param window how many tokens the latter see
 */
record LayerTypes(List<Boolean> sliding, long window) {
  private static final String KEY = "layer_types";
  private static final String SLIDING = "sliding_attention";
  private static final List<String> KNOWN = List.of("full_attention", SLIDING);

  LayerTypes {
    sliding = List.copyOf(sliding);
  }

  /**
   * What {@code layer_types} says; where it is missing, what the family's older configs mean. The
   * window must be there if a layer needs it.
   */
  static LayerTypes of(ModelConfig config, int layers, IntPredicate usual) {
    List<Boolean> sliding = new ArrayList<>();
    List<String> said = config.words(KEY, KNOWN);
    if (config.has(KEY)) {
      said.forEach(type -> sliding.add(type.equals(SLIDING)));
      if (said.size() != layers && config.isSound(KEY, "num_hidden_layers")) {
        config.problem(
            KEY + " has " + said.size() + " entries, and num_hidden_layers is " + layers);
      }
    } else {
      for (int i = 0; i < layers; i++) {
        sliding.add(usual.test(i));
      }
    }
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
