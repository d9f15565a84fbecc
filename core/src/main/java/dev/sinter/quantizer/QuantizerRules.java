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
    List<QuantizerSlot> slots = QuantizerSlot.of(modules);
    List<QuantizerState> states = new ArrayList<>();
    slots.forEach(slot -> states.add(standard(slot)));
    List<Integer> matched = new ArrayList<>();
    for (QuantizerRule rule : rules) {
      List<Integer> meant = meant(rule, slots);
      meant.forEach(slot -> states.set(slot, states.get(slot).after(rule)));
      matched.add(meant.size());
    }
    Map<QuantizerSlot, QuantizerState> bySlot = new LinkedHashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      bySlot.put(slots.get(i), states.get(i));
    }
    return new Resolved(bySlot, matched);
  }

  /** Without rules, all that ModelOpt puts in is on, but for what stands behind a module. */
  private static QuantizerState standard(QuantizerSlot slot) {
    boolean on = slot.role() != Role.OUTPUT && slot.module().reach() == Reach.CLASS;
    return new QuantizerState(on, List.of(QuantizerAttributes.STANDARD), Optional.empty());
  }

  /**
   * The places that a rule means, by index. One that finds any in the language model means those:
   * what stands beside the model is reached by rules that name it, and by those that turn off.
   */
  private static List<Integer> meant(QuantizerRule rule, List<QuantizerSlot> slots) {
    Fnmatch pattern = new Fnmatch(rule.pattern());
    List<Integer> within = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      QuantizerSlot slot = slots.get(i);
      if (rule.parentClass().filter(name -> !name.equals(slot.parentClass())).isEmpty()
          && slot.names().stream().anyMatch(pattern::matches)) {
        all.add(i);
        if (slot.module().reach() == Reach.CLASS) {
          within.add(i);
        }
      }
    }
    return rule.isOff() || within.isEmpty() ? all : within;
  }
}
