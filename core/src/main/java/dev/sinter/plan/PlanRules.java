/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.plan.Plan.MethodRule;
import dev.sinter.plan.Planner.Resolved;
import dev.sinter.problem.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/** What the rules of a recipe matched, and which matched nothing. */
record PlanRules(List<ModuleInfo> modules, List<Resolved> resolutions) {

  static List<MethodRule> of(List<Resolved> resolutions) {
    List<MethodRule> rules = new ArrayList<>();
    for (Resolved resolved : resolutions) {
      resolved
          .resolution()
          .rules()
          .forEach(use -> rules.add(new MethodRule(resolved.modifier().name(), use)));
    }
    return rules;
  }

  /** The rules that were to touch modules, for a message. */
  static String described(Resolution resolution) {
    List<String> targets =
        resolution.rules().stream()
            .filter(use -> use.kind() == RuleKind.TARGET)
            .map(RuleUse::rule)
            .toList();
    return targets.isEmpty() ? "rules leave every quantizer off" : "targets are " + targets;
  }

  void sayUnmatched(List<String> notices) {
    Collection<String> names = new LinkedHashSet<>();
    modules.forEach(module -> names.add(module.className()));
    modules.forEach(module -> names.add(module.name()));
    for (Resolved resolved : resolutions) {
      for (RuleUse use : resolved.resolution().rules()) {
        boolean told =
            use.matched() == 0
                && use.kind() != RuleKind.OFF
                && use.place().filter(place -> !place.via().isEmpty()).isEmpty();
        if (told) {
          notices.add(
              resolved.modifier().name()
                  + ": the "
                  + use.kind().noun()
                  + " \""
                  + use.rule()
                  + "\""
                  + use.place().map(place -> " at " + place.at()).orElse("")
                  + " matches no module."
                  + (use.kind() == RuleKind.QUANTIZER ? "" : Nearest.hint(use.rule(), names)));
        }
      }
    }
  }
}
