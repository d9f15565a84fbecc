/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Resolution.Match;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantizer.QuantizerRules.Quantizer;
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

  /** What goes into an embedding are numbers of tokens. */
  private static final QuantizerState TOKENS =
      new QuantizerState(false, List.of(), Optional.empty());

  private final QuantizerRules rules;
  private final Resolved resolved;
  private final Map<String, Map<Role, QuantizerState>> byModule = new LinkedHashMap<>();
  private final Map<String, Match> touched = new LinkedHashMap<>();
  private final Map<String, String> held = new LinkedHashMap<>();
  private final StateSchemes schemes = new StateSchemes();

  /** Modules by the reason why they cannot be represented. */
  private final Map<String, List<String>> refused = new LinkedHashMap<>();

  RuleResolution(QuantizerRules rules, Resolved resolved) {
    this.rules = rules;
    this.resolved = resolved;
    for (Quantizer quantizer : resolved.quantizers()) {
      byModule
          .computeIfAbsent(quantizer.slot().module().name(), key -> new EnumMap<>(Role.class))
          .put(quantizer.slot().role(), quantizer.state());
    }
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
    return new Resolution(touched, held, uses, schemes.groups(), cache, problems);
  }

  private void module(ModuleInfo module) {
    Map<Role, QuantizerState> states = byModule.getOrDefault(module.name(), Map.of());
    QuantizerState weight = states.get(Role.WEIGHT);
    if (weight == null) {
      return;
    }
    boolean embedding = module.className().equals(ModuleInfo.EMBEDDING);
    StateSchemes.Outcome outcome =
        schemes.of(weight, embedding ? TOKENS : states.get(Role.INPUT), states.get(Role.OUTPUT));
    outcome.reasons().forEach(reason -> refuse(module.name(), reason));
    if (outcome.group().isPresent()) {
      touched.put(module.name(), new Match(outcome.rule(), outcome.group()));
    } else if (weight.decidedBy().isPresent()) {
      held.put(module.name(), "rule " + outcome.rule());
    }
  }

  private void refuse(String module, String reason) {
    refused.computeIfAbsent(reason, key -> new ArrayList<>()).add(module);
  }

  /** Keys and values of all layers are kept in one way, or there is no name for it. */
  private Optional<QuantizationArgs> cache() {
    List<QuantizerState> caches = new ArrayList<>();
    List<String> off = new ArrayList<>();
    String first = "";
    for (Quantizer quantizer : resolved.quantizers()) {
      QuantizerSlot slot = quantizer.slot();
      Role role = slot.role();
      QuantizerState state = quantizer.state();
      boolean cache = role == Role.KEYS || role == Role.VALUES;
      if (cache && state.enabled()) {
        caches.add(state);
        first = first.isEmpty() ? slot.name() : first;
      } else if (cache && slot.module().reach() == ModuleInfo.Reach.CLASS) {
        off.add(slot.name());
      } else if ((role == Role.QUERIES || role == Role.SCORES) && state.enabled()) {
        refuse(
            slot.name(),
            StateSchemes.reason(
                "no output format holds quantized queries or scores of attention", state));
      }
    }
    if (caches.isEmpty()) {
      return Optional.empty();
    }
    QuantizerState one = caches.get(0);
    boolean mixed =
        !off.isEmpty() || caches.stream().map(QuantizerState::attributes).distinct().count() > 1;
    if (mixed) {
      refuse(
          first,
          StateSchemes.reason(
              "clients keep keys and values of all layers in one format, and here are several",
              one));
      return Optional.empty();
    }
    Representations.Found found = Representations.activations(one.attributes());
    Optional<QuantizationArgs> args = found.args().filter(a -> a.numBits() == BYTE_BITS);
    boolean set = args.flatMap(QuantizationArgs::setRange).isPresent();
    if (set && !Representations.isScaleOfOne(one.attributes().get(0))) {
      refuse(
          first,
          StateSchemes.reason(
              "clients cast caches by a range of 448, and here it is another", one));
      return Optional.empty();
    }
    if (args.isEmpty()) {
      refuse(
          first,
          StateSchemes.reason(
              "clients read caches of eight bits, not of " + one.attributes().get(0), one));
    }
    return set ? args.map(it -> it.withObserver(Observer.NONE)) : args;
  }
}
