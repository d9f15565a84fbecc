/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.gptq.GptqModifier;
import dev.sinter.modifier.quantization.QuantizationModifier;
import dev.sinter.setting.Settings;
import java.util.ArrayList;
import java.util.List;

/** An algorithm that a section names, and the method that it is here. */
record Algorithm(String method, Settings settings) {
  /** Formats without anything to calibrate have none. */
  static final String NONE = "";

  /** Every algorithm ends in one method that quantizes; those before it are not there yet. */
  static Modifier modifier(List<Algorithm> algorithms, QuantizerRules rules, Json.Obj section) {
    List<String> missing = new ArrayList<>();
    Algorithm last = new Algorithm(NONE, null);
    for (Algorithm algorithm : algorithms) {
      if (!algorithm.isRounding() && !algorithm.isGptq()) {
        missing.add("ModelOpt's algorithm " + algorithm.method());
      }
      last = algorithm.isRounding() && last.isGptq() ? last : algorithm;
    }
    boolean choosesScales =
        rules.rules().stream()
            .flatMap(rule -> rule.cfg().stream())
            .anyMatch(cfg -> cfg.blocks().filter(BlockSizes::fourOverSix).isPresent());
    if (choosesScales) {
      missing.add("four_over_six, which chooses between two scales of each block");
    }
    return last.isGptq()
        ? GptqModifier.inOrder(
            rules,
            section,
            last.settings().whole("block_size"),
            last.settings().number("perc_damp"),
            missing)
        : new QuantizationModifier(rules, section, missing);
  }

  private boolean isRounding() {
    return method.equals(NONE) || method.equals(Algorithms.MAX);
  }

  private boolean isGptq() {
    return method.equals(Algorithms.GPTQ);
  }
}
