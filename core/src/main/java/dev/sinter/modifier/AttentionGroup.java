/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.Strategy;
import java.util.List;

/** Targets that mean attention modules whose queries, keys and values are rounded alike. */
public record AttentionGroup(List<String> targets, QuantizationArgs args) {
  public AttentionGroup {
    targets = List.copyOf(targets);
  }

  /** The same group with other settings. */
  public AttentionGroup with(QuantizationArgs other) {
    return new AttentionGroup(targets, other);
  }

  /** Whether queries, keys and values can be rounded so. */
  public static boolean holds(QuantizationArgs args) {
    return args.dynamic() == Dynamic.NO
        && (args.strategy() instanceof Strategy.Tensor || args.strategy() instanceof Strategy.Head);
  }
}
