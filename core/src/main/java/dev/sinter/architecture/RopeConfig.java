/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.architecture;

import dev.sinter.graph.Rope;
import dev.sinter.graph.Rope.Frequencies;
import java.util.List;
import java.util.Optional;

/**
 * Rotary frequencies from config.json: {@code rope_parameters} as Transformers 5 writes them, or
 * {@code rope_theta} with {@code rope_scaling} as it did before.
 */
final class RopeConfig {
  private static final List<String> TYPES = List.of("default", "linear", "llama3");
  private static final double DEFAULT_THETA = 10_000;

  private RopeConfig() {}

  static Rope rope(ModelConfig config, int headDim) {
    double theta = config.number("rope_theta", DEFAULT_THETA);
    Optional<ModelConfig> parameters =
        config.section("rope_parameters").or(() -> config.section("rope_scaling"));
    return new Rope(
        headDim,
        parameters
            .map(section -> frequencies(section, section.number("rope_theta", theta)))
            .orElse(new Frequencies.Default(theta)));
  }

  private static Frequencies frequencies(ModelConfig section, double theta) {
    Frequencies.Default base = new Frequencies.Default(theta);
    String typeKey = section.has("rope_type") ? "rope_type" : "type";
    return switch (section.oneOf(typeKey, TYPES, "default")) {
      case "linear" -> new Frequencies.Linear(base, section.number("factor"));
      case "llama3" ->
          new Frequencies.Llama3(
              base,
              section.number("factor"),
              section.number("low_freq_factor"),
              section.number("high_freq_factor"),
              section.number("original_max_position_embeddings"));
      default -> base;
    };
  }
}
