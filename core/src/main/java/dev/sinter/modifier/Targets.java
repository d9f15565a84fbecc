/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.graph.ModuleInfo;
import java.util.List;
import java.util.Optional;

/**
 * Which modules a method touches, and how each will be represented. A target is a class name, a
 * module's name, or {@code re:} and a regular expression that matches a name from its start. What
 * an ignore matches is left alone.
 */
public record Targets(List<SchemeGroup> groups, List<String> ignore) {
  public Targets {
    groups = List.copyOf(groups);
    ignore = List.copyOf(ignore);
  }

  /** A target that means a module, and the group that it stands in. */
  public record Match(String target, SchemeGroup group) {}

  /** All targets, in the order of the groups. */
  public List<String> targets() {
    return groups.stream().flatMap(group -> group.targets().stream()).distinct().toList();
  }

  /**
   * The target that means a module most closely; empty if none does or an ignore holds it back.
   * Among targets of one kind the first by name decides, as in the peer.
   */
  public Optional<Match> touching(ModuleInfo module) {
    if (ignoring(module).isPresent()) {
      return Optional.empty();
    }
    return module
        .closest(targets())
        .map(
            target ->
                new Match(
                    target,
                    groups.stream()
                        .filter(group -> group.targets().contains(target))
                        .findFirst()
                        .orElseThrow()));
  }

  /** The ignore that holds a module back. */
  public Optional<String> ignoring(ModuleInfo module) {
    return ignore.stream().filter(module::matches).findFirst();
  }
}
