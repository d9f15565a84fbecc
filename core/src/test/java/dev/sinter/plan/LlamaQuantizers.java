/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.quantizer.QuantizerAttributes;
import dev.sinter.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What recipes turn on in the demo model. */
final class LlamaQuantizers {
  private LlamaQuantizers() {}

  /** Quantizers that are on, by the last two parts of their names, with what they do. */
  static Map<String, String> quantizers(Recipe recipe) {
    Map<String, String> kinds = new TreeMap<>();
    QuantizerSummary.of(Meaning.tinyLlama(), recipe)
        .enabled()
        .forEach(
            (name, stages) ->
                kinds.put(
                    name.replaceFirst(".*\\.([^.]+\\.[^.]+)$", "$1"),
                    String.join(
                        " then ", stages.stream().map(QuantizerAttributes::toString).toList())));
    return kinds;
  }

  static Map<String, String> everyLinear(String weight, String input) {
    Map<String, String> kinds = new TreeMap<>();
    for (String module :
        List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")) {
      kinds.put(module + ".weight_quantizer", weight);
      kinds.put(module + ".input_quantizer", input);
    }
    return kinds;
  }

  static Map<String, String> everyLinearAndCaches(String format) {
    Map<String, String> kinds = everyLinear(format, format);
    kinds.put("self_attn.k_bmm_quantizer", format);
    kinds.put("self_attn.v_bmm_quantizer", format);
    return kinds;
  }
}
