/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.plan.Planner.Resolved;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The groups of schemes in config.json, with the targets by which clients find their modules. */
final class OutputGroups {
  private final List<ModuleInfo> modules;
  private final Uses targets = new Uses();
  private final Uses quantized = new Uses();

  OutputGroups(List<ModuleInfo> modules) {
    this.modules = modules;
  }

  /** What was used of a group of a method. Groups and methods may be equal and not the same. */
  private static final class Uses {
    private final IdentityHashMap<Modifier, IdentityHashMap<SchemeGroup, Set<String>>> uses =
        new IdentityHashMap<>();

    void add(Modifier modifier, SchemeGroup group, String what) {
      uses.computeIfAbsent(modifier, key -> new IdentityHashMap<>())
          .computeIfAbsent(group, key -> new LinkedHashSet<>())
          .add(what);
    }

    Set<String> of(Modifier modifier, SchemeGroup group) {
      return uses.containsKey(modifier)
          ? uses.get(modifier).getOrDefault(group, Set.of())
          : Set.of();
    }
  }

  /** A target of a group means some module. */
  void meant(Modifier modifier, SchemeGroup group, String target) {
    targets.add(modifier, group, target);
  }

  /** A module is quantized as a group says. */
  void quantized(Modifier modifier, SchemeGroup group, String module) {
    quantized.add(modifier, group, module);
  }

  /** Whether a method quantizes any module. */
  boolean hasAny(Modifier modifier) {
    return quantized.uses.containsKey(modifier);
  }

  /** The groups of all methods. */
  List<OutputConfig.Group> of(List<Resolved> resolutions) {
    // Where several methods quantize, a target by class could mean either: the modules are named.
    boolean alone =
        resolutions.stream().filter(r -> r.modifier().solver().isPresent()).count() == 1;
    List<OutputConfig.Group> groups = new ArrayList<>();
    for (Resolved resolved : resolutions) {
      for (SchemeGroup group : resolved.resolution().groups()) {
        Set<String> used = targets.of(resolved.modifier(), group);
        Set<String> found = quantized.of(resolved.modifier(), group);
        boolean byTarget = alone && !group.targets().isEmpty();
        if (!found.isEmpty()) {
          groups.add(
              new OutputConfig.Group(
                  group,
                  byTarget
                      ? group.targets().stream().filter(used::contains).toList()
                      : List.copyOf(found)));
        }
      }
    }
    return groups.size() == 1 ? List.of(byClass(groups.get(0))) : groups;
  }

  /** The only group means its class: what of the class it leaves is named as ignored. */
  private OutputConfig.Group byClass(OutputConfig.Group group) {
    Set<String> names = Set.copyOf(group.targets());
    List<String> classes =
        modules.stream()
            .filter(module -> names.contains(module.name()))
            .map(ModuleInfo::className)
            .distinct()
            .toList();
    boolean rules = group.group().targets().isEmpty();
    return rules && classes.equals(List.of(ModuleInfo.LINEAR))
        ? new OutputConfig.Group(group.group(), classes)
        : group;
  }
}
