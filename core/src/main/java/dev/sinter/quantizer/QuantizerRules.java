/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Targets;
import dev.sinter.quantizer.QuantizerSlot.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ordered rules: of those that mean a quantizer the later wins. */
public record QuantizerRules(List<QuantizerRule> rules) implements Targets {
  public QuantizerRules {
    rules = List.copyOf(rules);
  }

  @Override
  public Resolution resolve(List<ModuleInfo> modules) {
    Resolved resolved = resolveSlots(modules);
    return new RuleResolution(this, resolved).of(modules);
  }

  /** Every quantizer by name. */
  public Map<String, QuantizerState> quantizers(List<ModuleInfo> modules) {
    Map<String, QuantizerState> byName = new LinkedHashMap<>();
    resolveSlots(modules).states().forEach((slot, state) -> byName.put(slot.name(), state));
    return Collections.unmodifiableMap(byName);
  }

  /** The quantizers, and how many of them each rule matched. */
  record Resolved(Map<QuantizerSlot, QuantizerState> states, List<Integer> matched) {}

  private Resolved resolveSlots(List<ModuleInfo> modules) {
    List<Fnmatch> patterns = rules.stream().map(rule -> new Fnmatch(rule.pattern())).toList();
    int[] matched = new int[rules.size()];
    Map<QuantizerSlot, QuantizerState> states = new LinkedHashMap<>();
    for (QuantizerSlot slot : QuantizerSlot.of(modules)) {
      QuantizerState state = standard(slot);
      for (int i = 0; i < rules.size(); i++) {
        QuantizerRule rule = rules.get(i);
        if (means(rule, patterns.get(i), slot)) {
          matched[i]++;
          state = state.after(rule);
        }
      }
      states.put(slot, state);
    }
    List<Integer> counts = new ArrayList<>();
    for (int count : matched) {
      counts.add(count);
    }
    return new Resolved(states, counts);
  }

  /** Without rules, all that ModelOpt puts in is on, but for what stands behind a module. */
  private static QuantizerState standard(QuantizerSlot slot) {
    boolean on = slot.role() != Role.OUTPUT && slot.module().reach() == Reach.CLASS;
    return new QuantizerState(on, List.of(QuantizerAttributes.STANDARD), Optional.empty());
  }

  /**
   * What stands beside the language model is not meant by a rule for all quantizers; one that names
   * it reaches it.
   */
  private static boolean means(QuantizerRule rule, Fnmatch pattern, QuantizerSlot slot) {
    boolean aside = slot.module().reach() == Reach.NAME && rule.isGeneral() && !rule.isOff();
    return !aside
        && rule.parentClass().filter(name -> !name.equals(slot.parentClass())).isEmpty()
        && slot.names().stream().anyMatch(pattern::matches);
  }
}
