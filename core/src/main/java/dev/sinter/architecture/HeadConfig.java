/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Attention.Heads;
import java.util.Optional;

/** Attention heads from config.json. */
final class HeadConfig {
  /** Heads that stand for those of a config with problems. */
  private static final Heads STAND = new Heads(1, 1, 2);

  private HeadConfig() {}

  /** Heads that each have keys and values of their own, and share the model's width. */
  static Heads equal(ModelConfig config, String width, String count) {
    int hidden = config.size(width);
    int heads = config.size(count);
    if (!config.isSound(width, count)) {
      return STAND;
    }
    if (hidden % heads != 0) {
      config.problem(width + " " + hidden + " is no multiple of " + count + " " + heads);
    }
    return new Heads(heads, heads, Math.max(1, hidden / heads));
  }

  /** Grouped heads, whose width follows from the model's where it is not said. */
  static Heads grouped(ModelConfig config) {
    return grouped(config, Optional.empty());
  }

  /** Grouped heads of a family whose heads have a width of their own. */
  static Heads grouped(ModelConfig config, Optional<Integer> usualWidth) {
    int hidden = config.size("hidden_size");
    int queries = config.size("num_attention_heads");
    int keys = config.optionalSize("num_key_value_heads").orElse(queries);
    Optional<Integer> said = config.optionalSize("head_dim").or(() -> usualWidth);
    if (!config.isSound("hidden_size", "num_attention_heads", "num_key_value_heads", "head_dim")) {
      return STAND;
    }
    boolean grouped = queries % keys == 0;
    if (!grouped) {
      config.problem(
          "num_attention_heads " + queries + " is no multiple of num_key_value_heads " + keys);
    }
    boolean whole = said.isPresent() || hidden % queries == 0;
    if (!whole) {
      config.problem(
          "hidden_size "
              + hidden
              + " is no multiple of num_attention_heads "
              + queries
              + ", and there is no head_dim");
    }
    int channels = said.orElse(hidden / queries);
    return whole ? new Heads(queries, grouped ? keys : queries, channels) : STAND;
  }
}
