/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Targets that are regular expressions must be such. */
public final class Patterns {
  /** Parsing takes a call for each nested group, and a stack is not endless. */
  private static final int LONGEST = 1000;

  private Patterns() {}

  /** Checks the targets of a setting. */
  public static void check(Settings settings, String name) {
    settings.node(name).ifPresent(node -> check(settings, node));
  }

  /** Checks a text, or the texts of a list. */
  public static void check(Settings settings, YamlNode node) {
    List<YamlNode> rules = node instanceof YamlNode.Sequence list ? list.items() : List.of(node);
    for (YamlNode rule : rules) {
      if (rule.json() instanceof Json.Str text && text.value().startsWith(ModuleInfo.REGEX)) {
        check(settings, rule, text.value());
      }
    }
  }

  private static void check(Settings settings, YamlNode node, String rule) {
    if (rule.length() > LONGEST) {
      settings.problem(
          node.place(),
          "this expression has "
              + rule.length()
              + " characters, and at most "
              + LONGEST
              + " are read. Write several targets");
      return;
    }
    try {
      Pattern.compile(rule.substring(ModuleInfo.REGEX.length()));
    } catch (PatternSyntaxException e) {
      settings.problem(
          node.place(),
          rule
              + " is no regular expression: "
              + e.getDescription()
              + " at character "
              + e.getIndex());
    }
  }
}
