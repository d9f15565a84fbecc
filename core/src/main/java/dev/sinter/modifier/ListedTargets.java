/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import dev.sinter.modifier.Resolution.AttentionUse;
import dev.sinter.modifier.Resolution.Match;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.quantization.QuantizationArgs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Targets as llm-compressor lists them. A target is a class name, a module's name, or {@code re:}
 * and a regular expression that matches a name from its start. What an ignore matches is left
 * alone.
 */
public record ListedTargets(
    List<SchemeGroup> groups,
    List<AttentionGroup> attention,
    List<String> ignore,
    Optional<QuantizationArgs> kvCache)
    implements Targets {
  public ListedTargets {
    groups = List.copyOf(groups);
    attention = List.copyOf(attention);
    ignore = List.copyOf(ignore);
  }

  public ListedTargets(List<SchemeGroup> groups, List<String> ignore) {
    this(groups, List.of(), ignore, Optional.empty());
  }

  /** The same with other groups of weights. */
  public ListedTargets withGroups(List<SchemeGroup> others) {
    return new ListedTargets(others, attention, ignore, kvCache);
  }

  /** All targets, in the order of the groups. */
  public List<String> targets() {
    return Stream.concat(
            groups.stream().map(SchemeGroup::targets),
            attention.stream().map(AttentionGroup::targets))
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  @Override
  public Resolution resolve(List<ModuleInfo> modules) {
    Map<String, Match> touched = new LinkedHashMap<>();
    Map<String, String> held = new LinkedHashMap<>();
    List<AttentionUse> uses =
        attention.stream().map(group -> new AttentionUse(group, new LinkedHashMap<>())).toList();
    List<ModuleRule> meant = targets().stream().map(ModuleRule::new).toList();
    List<ModuleRule> ignored = ignore.stream().map(ModuleRule::new).toList();
    for (ModuleInfo module : modules) {
      Optional<String> target = module.closest(meant);
      Optional<ModuleRule> ignoring =
          ignored.stream().filter(rule -> rule.matches(module)).findFirst();
      if (target.isPresent() && ignoring.isPresent()) {
        held.put(module.name(), "ignore " + ignoring.get().text());
      } else if (target.isPresent()) {
        Optional<SchemeGroup> group = group(target.get());
        group.ifPresent(found -> touched.put(module.name(), new Match(target.get(), group)));
        uses.stream()
            .filter(use -> group.isEmpty() && use.group().targets().contains(target.get()))
            .forEach(use -> use.targets().put(module.name(), target.get()));
      }
    }
    List<RuleUse> rules = new ArrayList<>();
    meant.forEach(rule -> rules.add(use(RuleKind.TARGET, rule, modules)));
    ignored.forEach(rule -> rules.add(use(RuleKind.IGNORE, rule, modules)));
    return new Resolution(touched, uses, held, rules, groups, kvCache, List.of());
  }

  private Optional<SchemeGroup> group(String target) {
    return groups.stream().filter(group -> group.targets().contains(target)).findFirst();
  }

  /** How many modules a rule of a kind means. */
  public static RuleUse use(RuleKind kind, ModuleRule rule, List<ModuleInfo> modules) {
    int matched = (int) modules.stream().filter(rule::matches).count();
    return new RuleUse(kind, rule.text(), Optional.empty(), matched);
  }
}
