/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The modules that some rules mean, and which of them a node stands in. */
final class TargetModules {
  /** A misspelled name is looked for among so many; further layers have the same ones. */
  private static final int ENOUGH = 2000;

  private final Set<String> names;
  private final Map<String, Optional<String>> enclosing = new HashMap<>();

  private TargetModules(Set<String> names) {
    this.names = names;
  }

  static TargetModules ofClass(Graph graph, String className) {
    Set<String> names = new HashSet<>();
    graph.modules().stream()
        .filter(module -> module.className().equals(className))
        .forEach(module -> names.add(module.name()));
    return new TargetModules(names);
  }

  /** Rules that mean no module are told, all of them at once. */
  static TargetModules of(Graph graph, List<String> rules) {
    Problems problems = new Problems();
    Set<String> names = new HashSet<>();
    for (String text : rules) {
      ModuleRule rule = new ModuleRule(text);
      List<String> meant =
          graph.modules().stream().filter(rule::matches).map(ModuleInfo::name).toList();
      if (meant.isEmpty()) {
        problems.add(unknown(graph, text));
      }
      names.addAll(meant);
    }
    problems.throwIfAny();
    return new TargetModules(names);
  }

  private static String unknown(Graph graph, String rule) {
    Set<String> classes = new LinkedHashSet<>();
    graph.modules().forEach(module -> classes.add(module.className()));
    Set<String> candidates = new LinkedHashSet<>(classes);
    graph.modules().stream().limit(ENOUGH).forEach(module -> candidates.add(module.name()));
    return "The sequential target \""
        + rule
        + "\" means no module of the model."
        + Nearest.hint(rule, candidates)
        + " Its classes are "
        + classes;
  }

  /** The target that a module is or stands in; of several around each other the outermost. */
  Optional<String> around(String module) {
    return enclosing.computeIfAbsent(module, this::search);
  }

  private Optional<String> search(String module) {
    for (int end = module.indexOf('.'); end > 0; end = module.indexOf('.', end + 1)) {
      String outer = module.substring(0, end);
      if (names.contains(outer)) {
        return Optional.of(outer);
      }
    }
    return names.contains(module) ? Optional.of(module) : Optional.empty();
  }
}
