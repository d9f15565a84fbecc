/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Targets;
import dev.sinter.quantizer.QuantizerSlot.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Ordered rules: of those that mean a quantizer the later wins. */
public record QuantizerRules(List<QuantizerRule> rules) implements Targets {
  public QuantizerRules {
    rules = List.copyOf(rules);
  }

  /** The rules that targets follow, if they follow rules. */
  public static Optional<QuantizerRules> in(Targets targets) {
    return targets instanceof RefinedRules refined
        ? Optional.of(refined.rules())
        : Optional.of(targets)
            .filter(QuantizerRules.class::isInstance)
            .map(QuantizerRules.class::cast);
  }

  @Override
  public Resolution resolve(List<ModuleInfo> modules) {
    return new RuleResolution(this, resolveSlots(modules)).of(modules);
  }

  /** Every quantizer by name. */
  public Map<String, QuantizerState> quantizers(List<ModuleInfo> modules) {
    return quantizers(modules, Set.of());
  }

  /**
   * Every quantizer by name.
   *
   * @param fused the modules of experts that are one tensor, whose quantizers have shared names
   */
  public Map<String, QuantizerState> quantizers(List<ModuleInfo> modules, Set<String> fused) {
    Map<String, QuantizerState> byName = new LinkedHashMap<>();
    for (Quantizer quantizer : resolveSlots(modules).quantizers()) {
      QuantizerSlot slot = quantizer.slot();
      boolean shares = fused.contains(slot.module().name());
      byName.putIfAbsent(shares ? slot.fusedName() : slot.name(), quantizer.state());
    }
    return Collections.unmodifiableMap(byName);
  }

  /** A place and what sits in it. */
  record Quantizer(QuantizerSlot slot, QuantizerState state) {}

  /** The quantizers in order, and how many of them each rule matched. */
  record Resolved(List<Quantizer> quantizers, List<Integer> matched) {}

  /** What rules make of a place, and which of them matched. */
  private record Decision(QuantizerState state, List<Integer> rules) {}

  private Resolved resolveSlots(List<ModuleInfo> modules) {
    List<Fnmatch> patterns = rules.stream().map(rule -> new Fnmatch(rule.pattern())).toList();
    // Layers and experts are alike to patterns that tell no numbers apart.
    boolean alike = patterns.stream().noneMatch(Fnmatch::tellsNumbers);
    Map<String, EnumMap<Role, Decision>> known = new HashMap<>();
    int[] matched = new int[rules.size()];
    List<Quantizer> quantizers = new ArrayList<>();
    for (QuantizerSlot slot : QuantizerSlot.of(modules)) {
      Decision decision =
          alike
              ? known
                  .computeIfAbsent(
                      slot.parentClass() + slot.kind(), kind -> new EnumMap<>(Role.class))
                  .computeIfAbsent(slot.role(), role -> decide(slot, patterns))
              : decide(slot, patterns);
      decision.rules().forEach(rule -> matched[rule]++);
      quantizers.add(new Quantizer(slot, decision.state()));
    }
    return new Resolved(quantizers, Arrays.stream(matched).boxed().toList());
  }

  private Decision decide(QuantizerSlot slot, List<Fnmatch> patterns) {
    QuantizerState state = standard(slot);
    List<Integer> deciding = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (means(rules.get(i), patterns.get(i), slot)) {
        deciding.add(i);
        state = state.after(rules.get(i));
      }
    }
    return new Decision(state, deciding);
  }

  /** Without rules, all that ModelOpt puts in is on, but for what stands behind a module. */
  private static QuantizerState standard(QuantizerSlot slot) {
    boolean on = slot.role() != Role.OUTPUT && slot.module().reach() == Reach.CLASS;
    return new QuantizerState(on, List.of(QuantizerAttributes.STANDARD), Optional.empty());
  }

  /**
   * What stands beside the language model is turned on by a rule that names it alone: one that
   * would match whatever stood there does not.
   */
  private static boolean means(QuantizerRule rule, Fnmatch pattern, QuantizerSlot slot) {
    return rule.parentClass().filter(name -> !name.equals(slot.parentClass())).isEmpty()
        && slot.isMeant(pattern)
        && (rule.isOff()
            || slot.module().reach() == Reach.CLASS
            || !pattern.matches(slot.unnamed()));
  }
}
