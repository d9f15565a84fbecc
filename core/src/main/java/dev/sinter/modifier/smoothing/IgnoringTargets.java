/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import dev.sinter.modifier.ListedTargets;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.modifier.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Targets of a method that represents no module otherwise: its rules, with what they match. */
public record IgnoringTargets(List<String> targets, List<String> ignore) implements Targets {
  public IgnoringTargets {
    targets = List.copyOf(targets);
    ignore = List.copyOf(ignore);
  }

  @Override
  public Resolution resolve(List<ModuleInfo> modules) {
    List<RuleUse> rules = new ArrayList<>();
    targets.forEach(
        rule -> rules.add(ListedTargets.use(RuleKind.TARGET, new ModuleRule(rule), modules)));
    ignore.forEach(
        rule -> rules.add(ListedTargets.use(RuleKind.IGNORE, new ModuleRule(rule), modules)));
    return new Resolution(Map.of(), Map.of(), rules, List.of(), Optional.empty(), List.of());
  }
}
