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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the rules of a recipe matched, and which matched nothing. */
record PlanRules(List<ModuleInfo> modules, List<Resolved> resolutions) {
  private static final int MANY = 2000;

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
    if (!targets.isEmpty()) {
      return "targets are " + targets;
    }
    List<String> idle =
        resolution.rules().stream()
            .filter(use -> use.kind() == RuleKind.QUANTIZER && use.matched() == 0)
            .map(use -> use.rule() + use.place().map(p -> " (" + p.at() + ")").orElse(""))
            .toList();
    return "rules leave every quantizer off"
        + (idle.isEmpty() ? "" : "; these match nothing: " + String.join("; ", idle));
  }

  /**
   * The part of a module's name that a part of a pattern was probably meant to be. Lists of what
   * other families have are near to nothing.
   */
  private static Optional<String> near(String rule, Set<String> parts) {
    String pattern = rule.replaceFirst(": [^:]*$", "");
    return Arrays.stream(pattern.split("[*.\\[\\]?]+", -1))
        .filter(part -> part.length() > 3 && !parts.contains(part))
        .map(part -> Nearest.to(part, parts))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Rules that match nothing, but for those of lists that a recipe imports. */
  void sayUnmatched(List<String> notices) {
    List<MethodRule> unmatched =
        of(resolutions).stream()
            .filter(rule -> rule.use().matched() == 0)
            .filter(rule -> rule.use().place().filter(p -> !p.via().isEmpty()).isEmpty())
            .toList();
    if (unmatched.isEmpty()) {
      return;
    }
    Set<String> parts = new TreeSet<>(List.of("weight_quantizer", "input_quantizer"));
    Set<String> names = new LinkedHashSet<>();
    for (ModuleInfo module : modules) {
      parts.addAll(Arrays.asList(module.name().split("\\.", -1)));
      names.add(module.className());
      // Of many modules only the kinds are held against what was written.
      names.add(modules.size() <= MANY ? module.name() : Siblings.kind(module.name()));
    }
    for (MethodRule rule : unmatched) {
      boolean pattern = isPattern(rule.use().kind());
      Optional<String> near =
          pattern
              ? near(rule.use().rule(), parts).map(name -> " Did you mean " + name + "?")
              : Optional.of(Nearest.hint(rule.use().rule(), names));
      if (rule.use().kind() != RuleKind.OFF || near.isPresent()) {
        notices.add(said(rule) + near.orElse(""));
      }
    }
  }

  private static boolean isPattern(RuleKind kind) {
    return kind == RuleKind.QUANTIZER || kind == RuleKind.OFF;
  }

  private static String said(MethodRule rule) {
    return rule.method()
        + ": the "
        + rule.use().kind().noun()
        + " \""
        + rule.use().rule()
        + "\""
        + rule.use().place().map(place -> " at " + place.at()).orElse("")
        + " matches no module.";
  }
}
