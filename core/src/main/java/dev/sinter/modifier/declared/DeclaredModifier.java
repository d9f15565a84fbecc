/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.declared;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import dev.sinter.json.Json;
import dev.sinter.modifier.ListedTargets;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Resolution;
import dev.sinter.modifier.Resolution.Match;
import dev.sinter.modifier.Resolution.RuleKind;
import dev.sinter.modifier.Resolution.RuleUse;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A method that is known by its settings alone. */
record DeclaredModifier(
    String name, Json.Obj settings, List<String> touched, List<String> ignore, Data data)
    implements Modifier {

  /** Whether a method looks at data. */
  enum Data {
    NEEDED,
    UNUSED
  }

  @Override
  public Targets targets() {
    return this::resolve;
  }

  private Resolution resolve(List<ModuleInfo> modules) {
    Map<String, Match> matches = new LinkedHashMap<>();
    Map<String, String> held = new LinkedHashMap<>();
    List<ModuleRule> meant = touched.stream().map(ModuleRule::new).toList();
    List<ModuleRule> ignored = ignore.stream().map(ModuleRule::new).toList();
    for (ModuleInfo module : modules) {
      Optional<String> target = module.closest(meant);
      Optional<String> ignoring =
          ignored.stream().filter(rule -> rule.matches(module)).map(ModuleRule::text).findFirst();
      if (target.isPresent() && ignoring.isPresent()) {
        held.put(module.name(), "ignore " + ignoring.get());
      } else {
        target.ifPresent(rule -> matches.put(module.name(), new Match(rule, Optional.empty())));
      }
    }
    List<RuleUse> rules = new ArrayList<>();
    ignored.forEach(rule -> rules.add(ListedTargets.use(RuleKind.IGNORE, rule, modules)));
    return new Resolution(matches, held, rules, List.of(), Optional.empty(), List.of());
  }

  @Override
  public Optional<Solver> solver() {
    return Optional.empty();
  }

  @Override
  public boolean needsCalibration() {
    return data == Data.NEEDED;
  }

  @Override
  public List<String> missing() {
    return List.of("the method " + name);
  }
}
