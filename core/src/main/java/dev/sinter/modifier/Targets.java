/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.graph.ModuleInfo;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which modules a method touches: a target is a class name, a module's name, or {@code re:} and a
 * regular expression that matches a name from its start. What an ignore matches is left alone.
 */
public record Targets(List<String> targets, List<String> ignore) {
  private static final String REGEX = "re:";

  public Targets {
    targets = List.copyOf(targets);
    ignore = List.copyOf(ignore);
  }

  /** The target that touches a module; empty if none does or an ignore holds it back. */
  public Optional<String> touching(ModuleInfo module) {
    if (ignoring(module).isPresent()) {
      return Optional.empty();
    }
    return firstMatch(targets, module);
  }

  /** The ignore that holds a module back. */
  public Optional<String> ignoring(ModuleInfo module) {
    return firstMatch(ignore, module);
  }

  private static Optional<String> firstMatch(List<String> rules, ModuleInfo module) {
    return rules.stream().filter(rule -> matches(rule, module)).findFirst();
  }

  /** Whether a rule, a target or an ignore, means a module. */
  public static boolean matches(String rule, ModuleInfo module) {
    if (rule.startsWith(REGEX)) {
      return Pattern.compile(rule.substring(REGEX.length())).matcher(module.name()).lookingAt();
    }
    return rule.equals(module.name()) || rule.equals(module.className());
  }
}
