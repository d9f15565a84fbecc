/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.Settings;
import dev.sinter.modifier.Targets;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationScheme;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The settings that all quantizing methods share: what is quantized, and to which scheme. */
public record SchemeSettings(Targets targets, QuantizationScheme scheme) {
  private static final String TARGETS = "targets";
  private static final String IGNORE = "ignore";
  private static final String SCHEME = "scheme";
  private static final String CONFIG_GROUPS = "config_groups";
  private static final String REGEX = "re:";

  /** Reads the settings; empty when the scheme has a problem, which was added to. */
  public static Optional<SchemeSettings> read(Settings settings) {
    List<String> targets = settings.texts(TARGETS).orElse(List.of(ModuleInfo.LINEAR));
    List<String> ignore = settings.texts(IGNORE).orElse(List.of());
    checkPatterns(settings, TARGETS, targets);
    checkPatterns(settings, IGNORE, ignore);
    // What the peers write into every recipe, and what orders modifiers there: nothing here depends
    // on it.
    settings.ignored(
        "bypass_divisibility_checks",
        "requires_calibration_data",
        "index",
        "start",
        "end",
        "update");
    Optional<QuantizationScheme> scheme = scheme(settings);
    return scheme.map(found -> new SchemeSettings(new Targets(targets, ignore), found));
  }

  private static Optional<QuantizationScheme> scheme(Settings settings) {
    Optional<String> name = settings.text(SCHEME);
    settings.ignored(CONFIG_GROUPS);
    if (settings.hasValue(CONFIG_GROUPS)) {
      settings.problem(
          CONFIG_GROUPS,
          "config_groups are not read by this version; name a preset under \"scheme\"");
      return Optional.empty();
    }
    if (!settings.hasValue(SCHEME)) {
      settings.problem(SCHEME, "no scheme is given; write for example scheme: W4A16");
    }
    try {
      return name.map(Presets::named);
    } catch (RequestException e) {
      settings.problem(SCHEME, e.getMessage());
      return Optional.empty();
    }
  }

  private static void checkPatterns(Settings settings, String name, List<String> rules) {
    for (String rule : rules) {
      try {
        if (rule.startsWith(REGEX)) {
          Pattern.compile(rule.substring(REGEX.length()));
        }
      } catch (PatternSyntaxException e) {
        settings.problem(
            name,
            rule
                + " is no regular expression: "
                + e.getDescription()
                + " at character "
                + e.getIndex());
      }
    }
  }

  /** The same settings as they are written. */
  public Json.Obj json() {
    return Json.object(TARGETS, targets.targets(), IGNORE, targets.ignore(), SCHEME, scheme.name());
  }
}
