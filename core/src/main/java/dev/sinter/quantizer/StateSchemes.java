/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.modifier.SchemeGroup;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The schemes that a module's quantizers come to. Modules of a kind share their states, and what
 * they come to is found once.
 */
final class StateSchemes {
  private final Map<QuantizationScheme, SchemeGroup> groups = new LinkedHashMap<>();
  private final IdentityHashMap<
          QuantizerState, IdentityHashMap<QuantizerState, IdentityHashMap<QuantizerState, Outcome>>>
      known = new IdentityHashMap<>();

  /**
   * A group, or why no format holds what the quantizers say; or neither, if they are off.
   *
   * @param rule the rule that decided over the weight
   */
  record Outcome(Optional<SchemeGroup> group, List<String> reasons, String rule) {
    Outcome {
      reasons = List.copyOf(reasons);
    }
  }

  /** The groups so far, one for each scheme. */
  List<SchemeGroup> groups() {
    return List.copyOf(groups.values());
  }

  Outcome of(QuantizerState weight, QuantizerState input, QuantizerState output) {
    return known
        .computeIfAbsent(weight, key -> new IdentityHashMap<>())
        .computeIfAbsent(input, key -> new IdentityHashMap<>())
        .computeIfAbsent(output, key -> find(weight, input, output));
  }

  private Outcome find(QuantizerState weight, QuantizerState input, QuantizerState output) {
    List<String> reasons = new ArrayList<>();
    String rule = weight.decidedBy().map(QuantizerRule::name).orElse("the default");
    if (!weight.enabled()) {
      if (input.enabled() || output.enabled()) {
        QuantizerState on = input.enabled() ? input : output;
        reasons.add(
            reason(
                "its "
                    + (input.enabled() ? "input" : "output")
                    + " is quantized and its weight is not, which no output format holds",
                on));
      }
      return new Outcome(Optional.empty(), reasons, rule);
    }
    Representations.Found weights = Representations.weights(weight.attributes());
    if (weights.args().isEmpty()) {
      reasons.add(reason("no output format holds a weight of " + weights.reason(), weight));
    }
    Activations inputs = activations("an input", input, reasons);
    Activations outputs = activations("an output", output, reasons);
    if (!reasons.isEmpty()) {
      return new Outcome(Optional.empty(), reasons, rule);
    }
    String name =
        weight.attributes().get(0) + (input.enabled() ? " / " + input.attributes().get(0) : "");
    QuantizationScheme scheme =
        Presets.name(new QuantizationScheme(name, weights.args().get(), inputs, outputs));
    SchemeGroup group = groups.computeIfAbsent(scheme, key -> new SchemeGroup(List.of(), scheme));
    return new Outcome(Optional.of(group), reasons, rule);
  }

  private static Activations activations(String what, QuantizerState state, List<String> reasons) {
    if (!state.enabled()) {
      return new Activations.Full();
    }
    Representations.Found found = Representations.activations(state.attributes());
    if (found.args().isEmpty()) {
      reasons.add(reason("no output format holds " + what + " of " + found.reason(), state));
      return new Activations.Full();
    }
    return new Activations.Quantized(found.args().get());
  }

  /** A reason with the rule to change. */
  static String reason(String text, QuantizerState state) {
    return state
        .decidedBy()
        .map(
            rule ->
                text
                    + " ("
                    + rule.place().at()
                    + ", "
                    + rule.pattern()
                    + "). Change the rule, or turn these quantizers off")
        .orElse(
            text
                + ". No rule turns it off, and quantizers are on unless one does: begin with"
                + " {quantizer_name: '*', enable: false}");
  }
}
