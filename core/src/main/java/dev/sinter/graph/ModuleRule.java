/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.graph;

import dev.sinter.graph.ModuleInfo.Reach;
import dev.sinter.problem.RequestException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A target or an ignore: a class name, a module's name, or {@code re:} and a regular expression
 * that matches a name from its start. Held against all modules of a model, it may read only so
 * much: an expression that a stranger wrote is stopped and named instead of hanging the driver.
 */
public final class ModuleRule {
  private final String rule;
  private final Optional<Pattern> pattern;
  private final BoundedMatch bound;

  public ModuleRule(String rule) {
    this.rule = rule;
    this.bound = new BoundedMatch(rule);
    boolean regex = rule.startsWith(ModuleInfo.REGEX);
    try {
      this.pattern =
          regex
              ? Optional.of(Pattern.compile(rule.substring(ModuleInfo.REGEX.length())))
              : Optional.empty();
    } catch (PatternSyntaxException e) {
      throw new RequestException(rule + " is no regular expression: " + e.getDescription(), e);
    }
  }

  /** The rule as it is written. */
  public String text() {
    return rule;
  }

  /** Whether it means a module. */
  public boolean matches(ModuleInfo module) {
    return pattern
        .map(expression -> bound.lookingAt(expression, module.name()))
        .orElseGet(
            () ->
                rule.equals(module.name())
                    || (rule.equals(module.className()) && module.reach() == Reach.CLASS));
  }
}
