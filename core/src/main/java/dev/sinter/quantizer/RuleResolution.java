/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Resolution.Match;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.quantizer.QuantizerRules.Resolved;
import dev.sinter.quantizer.QuantizerSlot.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** States the quantizers of a model as the schemes of its modules. */
final class RuleResolution {
  private static final long BYTE_BITS = 8;

  private final QuantizerRules rules;
  private final Resolved resolved;
  private final Map<String, Map<Role, QuantizerState>> byModule = new LinkedHashMap<>();
  private final Map<String, Match> touched = new LinkedHashMap<>();
  private final Map<String, String> held = new LinkedHashMap<>();
  private final Map<QuantizationScheme, SchemeGroup> groups = new LinkedHashMap<>();

  /** Modules by the reason why they cannot be represented. */
  private final Map<String, List<String>> refused = new LinkedHashMap<>();

  RuleResolution(QuantizerRules rules, Resolved resolved) {
    this.rules = rules;
    this.resolved = resolved;
    resolved
        .states()
        .forEach(
            (slot, state) ->
                byModule
                    .computeIfAbsent(slot.module().name(), key -> new EnumMap<>(Role.class))
                    .put(slot.role(), state));
  }

  Resolution of(List<ModuleInfo> modules) {
    modules.forEach(this::module);
    Optional<QuantizationArgs> cache = cache();
    List<RuleUse> uses = new ArrayList<>();
    for (int i = 0; i < rules.rules().size(); i++) {
      QuantizerRule rule = rules.rules().get(i);
      RuleKind kind = rule.isOff() ? RuleKind.OFF : RuleKind.QUANTIZER;
      uses.add(
          new RuleUse(kind, rule.toString(), Optional.of(rule.place()), resolved.matched().get(i)));
    }
    List<String> problems = new ArrayList<>();
    refused.forEach(
        (reason, names) ->
            problems.add(
                names.get(0)
                    + (names.size() == 1 ? "" : " and " + (names.size() - 1) + " more")
                    + ": "
                    + reason));
    return new Resolution(touched, held, uses, List.copyOf(groups.values()), cache, problems);
  }

  private void module(ModuleInfo module) {
    Map<Role, QuantizerState> states = byModule.getOrDefault(module.name(), Map.of());
    QuantizerState weight = states.get(Role.WEIGHT);
    if (weight == null) {
      return;
    }
    // What goes into an embedding are numbers of tokens.
    boolean embedding = module.className().equals(ModuleInfo.EMBEDDING);
    QuantizerState input = states.get(Role.INPUT);
    QuantizerState output = states.get(Role.OUTPUT);
    boolean inputs = input.enabled() && !embedding;
    if (!weight.enabled()) {
      weight.decidedBy().ifPresent(rule -> held.put(module.name(), "rule " + rule));
      if (inputs || output.enabled()) {
        refuse(
            module.name(),
            "its "
                + (inputs ? "input" : "output")
                + " is quantized and its weight is not, which no output format holds",
            (inputs ? input : output).decidedBy());
      }
      return;
    }
    Representations.Found weights = Representations.weights(weight.attributes());
    Activations in = activations(module.name(), "input", input, inputs);
    Activations out = activations(module.name(), "output", output, output.enabled());
    if (weights.args().isEmpty()) {
      refuse(
          module.name(),
          "no output format holds a weight of " + weights.reason(),
          weight.decidedBy());
      return;
    }
    QuantizationScheme scheme =
        Presets.name(
            new QuantizationScheme(name(weight, input, inputs), weights.args().get(), in, out));
    SchemeGroup group = groups.computeIfAbsent(scheme, key -> new SchemeGroup(List.of(), scheme));
    String rule = weight.decidedBy().map(QuantizerRule::toString).orElse("no rule: the default");
    touched.put(module.name(), new Match(rule, Optional.of(group)));
  }

  private static String name(QuantizerState weight, QuantizerState input, boolean inputs) {
    return weight.attributes().get(0) + (inputs ? " / " + input.attributes().get(0) : "");
  }

  private Activations activations(
      String module, String what, QuantizerState state, boolean quantized) {
    if (!quantized) {
      return new Activations.Full();
    }
    Representations.Found found = Representations.activations(state.attributes());
    if (found.args().isEmpty()) {
      refuse(
          module, "no output format holds an " + what + " of " + found.reason(), state.decidedBy());
      return new Activations.Full();
    }
    return new Activations.Quantized(found.args().get());
  }

  private void refuse(String module, String reason, Optional<QuantizerRule> rule) {
    String where =
        rule.map(found -> " (" + found.place().at() + ", " + found.pattern() + ")").orElse("");
    refused
        .computeIfAbsent(
            reason + where + ". Change the rule, or turn these quantizers off",
            key -> new ArrayList<>())
        .add(module);
  }

  /** Keys and values of all layers are kept in one way, or there is no name for it. */
  private Optional<QuantizationArgs> cache() {
    List<QuantizerState> caches = new ArrayList<>();
    List<String> off = new ArrayList<>();
    String first = "";
    for (Map.Entry<QuantizerSlot, QuantizerState> entry : resolved.states().entrySet()) {
      Role role = entry.getKey().role();
      QuantizerState state = entry.getValue();
      boolean cache = role == Role.KEYS || role == Role.VALUES;
      if (cache && state.enabled()) {
        caches.add(state);
        first = first.isEmpty() ? entry.getKey().name() : first;
      } else if (cache && entry.getKey().module().reach() == ModuleInfo.Reach.CLASS) {
        off.add(entry.getKey().name());
      } else if ((role == Role.QUERIES || role == Role.SCORES) && state.enabled()) {
        refuse(
            entry.getKey().name(),
            "no output format holds quantized queries or scores of attention",
            state.decidedBy());
      }
    }
    if (caches.isEmpty()) {
      return Optional.empty();
    }
    Optional<QuantizerRule> rule = caches.get(0).decidedBy();
    boolean mixed =
        !off.isEmpty() || caches.stream().map(QuantizerState::attributes).distinct().count() > 1;
    if (mixed) {
      refuse(
          first,
          "clients keep keys and values of all layers in one format, and here are several",
          rule);
      return Optional.empty();
    }
    Representations.Found found = Representations.activations(caches.get(0).attributes());
    Optional<QuantizationArgs> args = found.args().filter(a -> a.numBits() == BYTE_BITS);
    if (args.isEmpty()) {
      refuse(
          first,
          "clients read caches of eight bits, not of " + caches.get(0).attributes().get(0),
          rule);
    }
    return args;
  }
}
