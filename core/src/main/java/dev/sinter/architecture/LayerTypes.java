/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention;
import java.util.Collections;
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
  private static final String WINDOW = "sliding_window";
  private static final int QWEN_WINDOW = 4096;

  LayerTypes {
    sliding = List.copyOf(sliding);
  }

  /**
   * What {@code layer_types} says; where it is missing, what the family's older configs mean. The
   * window must be there if a layer needs it.
   */
  static LayerTypes of(ModelConfig config, int layers, IntPredicate usual) {
    List<Boolean> sliding = sliding(config, layers, usual);
    return new LayerTypes(sliding, sliding.contains(true) ? config.size(WINDOW) : Long.MAX_VALUE);
  }

  /** The same of a family whose window has a usual size, which a config need not mention. */
  static LayerTypes of(ModelConfig config, int layers, int usualWindow, IntPredicate usual) {
    List<Boolean> sliding = sliding(config, layers, usual);
    long window =
        sliding.contains(true)
            ? config.sizeOrNone(WINDOW, usualWindow).orElseGet(() -> config.size(WINDOW))
            : Long.MAX_VALUE;
    return new LayerTypes(sliding, window);
  }

  private static List<Boolean> sliding(ModelConfig config, int layers, IntPredicate usual) {
    List<String> said = new PerLayer(config, layers, 0).words(KEY, KNOWN, FULL);
    return IntStream.range(0, layers)
        .mapToObj(i -> config.has(KEY) ? said.get(i).equals(SLIDING) : usual.test(i))
        .toList();
  }

  /** Every layer sees all tokens before. */
  static LayerTypes full(int layers) {
    return new LayerTypes(Collections.nCopies(layers, false), Long.MAX_VALUE);
  }

  /** Those of Qwen: windows are off unless a flag turns them on, from some layer on. */
  static LayerTypes ofQwen(ModelConfig config, int layers) {
    boolean windows =
        config.flag("use_sliding_window", false)
            && config.sizeOrNone(WINDOW, QWEN_WINDOW).isPresent();
    int firstSliding = config.count("max_window_layers", 28);
    return of(config, layers, QWEN_WINDOW, layer -> windows && layer >= firstSliding);
  }

  boolean isSliding(int layer) {
    return sliding.get(layer);
  }

  /** The attention of a layer. */
  Attention limit(Attention attention, int layer) {
    return isSliding(layer) ? attention.within(window) : attention;
  }
}
