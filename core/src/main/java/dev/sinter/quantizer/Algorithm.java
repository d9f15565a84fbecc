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
    missing.addAll(unmet(last));
    boolean choosesScales =
        rules.rules().stream()
            .flatMap(rule -> rule.cfg().stream())
            .anyMatch(cfg -> cfg.blocks().filter(BlockSizes::fourOverSix).isPresent());
    boolean histogram =
        rules.rules().stream()
            .flatMap(rule -> rule.cfg().stream())
            .anyMatch(cfg -> cfg.given().members().containsValue(Json.of("histogram")));
    if (histogram) {
      missing.add("the calibrator histogram");
    }
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

  /** Settings that a method of this version has no way to follow. */
  private static List<String> unmet(Algorithm algorithm) {
    List<String> unmet = new ArrayList<>();
    if (algorithm.method().equals(NONE)) {
      return unmet;
    }
    if (algorithm.settings().hasValue(Algorithms.EXPERTS_RATIO)) {
      unmet.add(Algorithms.EXPERTS_RATIO + ", a part of the experts for each token");
    }
    boolean dense =
        algorithm
            .settings()
            .json(Algorithms.LAYERWISE_NAME)
            .filter(Json.Obj.class::isInstance)
            .flatMap(layerwise -> ((Json.Obj) layerwise).member(Algorithms.FROM_COMPRESSED))
            .filter(new Json.Bool(false)::equals)
            .isPresent();
    if (dense && algorithm.isGptq()) {
      unmet.add(Algorithms.FROM_COMPRESSED + ": false, layers that see what dense ones give");
    }
    return unmet;
  }

  private boolean isRounding() {
    return method.equals(NONE) || method.equals(Algorithms.MAX);
  }

  private boolean isGptq() {
    return method.equals(Algorithms.GPTQ);
  }
}
