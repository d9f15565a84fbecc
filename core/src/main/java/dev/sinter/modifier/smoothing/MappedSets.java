/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.ModuleRule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The modules that the rules of a mapping mean together: each set has, for every rule, all modules
 * that it matches below one parent. In the order of the model a set is complete once each rule has
 * a module, and what then matches outside of the set's parent begins the next one.
 */
final class MappedSets {
  private final MappingRule mapping;
  private final Consumer<String> problem;
  private final List<ModuleRule> rules;
  private final List<MappedSet> complete = new ArrayList<>();
  private List<List<String>> open = new ArrayList<>();
  private String parent = "";

  private MappedSets(MappingRule mapping, Consumer<String> problem) {
    this.mapping = mapping;
    this.problem = problem;
    this.rules = mapping.rules().stream().map(ModuleRule::new).toList();
    begin();
  }

  /** The modules of a set, in the order of the model for each rule. */
  record MappedSet(List<String> smoothed, List<String> balanced) {}

  /** All sets of a mapping; problems are told. */
  static List<MappedSet> of(
      MappingRule mapping, List<ModuleInfo> modules, Consumer<String> problem) {
    MappedSets sets = new MappedSets(mapping, problem);
    modules.forEach(sets::take);
    sets.finish();
    return sets.complete;
  }

  private void begin() {
    open = new ArrayList<>();
    rules.forEach(rule -> open.add(new ArrayList<>()));
  }

  private void take(ModuleInfo module) {
    List<Integer> matched = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).matches(module)) {
        matched.add(i);
      }
    }
    if (matched.isEmpty()) {
      return;
    }
    if (matched.size() > 1) {
      problem.accept(
          mapping.text()
              + ": "
              + module.name()
              + " is meant by several of its rules; write rules that tell its modules apart");
    }
    boolean empty = open.stream().allMatch(List::isEmpty);
    String common = empty ? module.name() : ModulePath.common(parent, module.name());
    if (isComplete() && !common.equals(parent)) {
      close();
      common = module.name();
    }
    parent = common;
    open.get(matched.get(0)).add(module.name());
  }

  private boolean isComplete() {
    return open.stream().noneMatch(List::isEmpty);
  }

  private void close() {
    List<String> balanced = open.subList(1, open.size()).stream().flatMap(List::stream).toList();
    complete.add(new MappedSet(open.get(0), balanced));
    begin();
  }

  private void finish() {
    if (isComplete()) {
      close();
      return;
    }
    List<String> unmatched = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (open.get(i).isEmpty()) {
        unmatched.add(rules.get(i).text());
      }
    }
    boolean nothing = unmatched.size() == rules.size();
    if (nothing && complete.isEmpty()) {
      problem.accept(mapping.text() + " matches no module of the model");
    } else if (!nothing) {
      problem.accept(
          mapping.text()
              + ": nothing that "
              + String.join(" or ", unmatched)
              + " means goes with "
              + open.stream().flatMap(List::stream).findFirst().orElseThrow());
    }
  }
}
