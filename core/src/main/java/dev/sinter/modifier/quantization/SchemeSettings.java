/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Settings;
import dev.sinter.modifier.Targets;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationScheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The settings that all quantizing methods share: what is quantized, and to which schemes. */
public record SchemeSettings(Targets targets) {
  private static final String TARGETS = "targets";
  private static final String IGNORE = "ignore";
  private static final String SCHEME = "scheme";
  private static final String CONFIG_GROUPS = "config_groups";
  private static final String KV_CACHE = "kv_cache_scheme";
  private static final String REGEX = "re:";

  /** Reads the settings; empty when a scheme has a problem, which was added to. */
  public static Optional<SchemeSettings> read(Settings settings) {
    Optional<List<String>> targets = settings.texts(TARGETS);
    List<String> ignore = settings.texts(IGNORE).orElse(List.of());
    targets.ifPresent(given -> checkPatterns(settings, TARGETS, given));
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
    if (settings.hasValue(KV_CACHE)) {
      settings.problem(KV_CACHE, "caches are not quantized by this version");
    }
    settings.ignored(KV_CACHE);
    List<SchemeGroup> groups = groups(settings, targets.orElse(List.of(ModuleInfo.LINEAR)));
    if (settings.hasValue(CONFIG_GROUPS)) {
      groups.forEach(group -> checkPatterns(settings, CONFIG_GROUPS, group.targets()));
    }
    Optional<List<SchemeGroup>> observed = Observers.apply(settings, groups);
    return observed
        .filter(found -> !found.isEmpty())
        .map(found -> new SchemeSettings(new Targets(found, ignore)));
  }

  /** The groups; none when there is a problem. */
  private static List<SchemeGroup> groups(Settings settings, List<String> targets) {
    Optional<Json> groups = settings.json(CONFIG_GROUPS);
    Optional<Json> scheme = settings.json(SCHEME);
    if (groups.isPresent() && scheme.isPresent()) {
      settings.problem(CONFIG_GROUPS, "config_groups and scheme both say what to do; give one");
      return List.of();
    }
    if (groups.isPresent()) {
      return ConfigGroups.read(settings, CONFIG_GROUPS, groups.get());
    }
    if (scheme.isPresent() && scheme.get() instanceof Json.Obj schemes) {
      return schemes(settings, schemes);
    }
    Optional<String> name = settings.text(SCHEME);
    if (name.isEmpty()) {
      if (scheme.isEmpty()) {
        settings.problem(SCHEME, "no scheme is given; write for example scheme: W4A16");
      }
      return List.of();
    }
    return preset(settings, name.get(), targets).stream().toList();
  }

  /** Several presets, each with its targets. */
  private static List<SchemeGroup> schemes(Settings settings, Json.Obj schemes) {
    List<SchemeGroup> groups = new ArrayList<>();
    schemes
        .members()
        .forEach(
            (name, value) -> {
              Optional<List<String>> targets = Settings.texts(value);
              if (targets.isEmpty()) {
                settings.problem(
                    SCHEME, "scheme: " + name + " must have a target or a list of targets");
              } else {
                checkPatterns(settings, SCHEME, targets.get());
                preset(settings, name, targets.get()).ifPresent(groups::add);
              }
            });
    return groups.size() == schemes.members().size() ? groups : List.of();
  }

  private static Optional<SchemeGroup> preset(
      Settings settings, String name, List<String> targets) {
    try {
      QuantizationScheme scheme = Presets.named(name);
      ConfigGroups.requireDataFree(settings, SCHEME, scheme);
      return Optional.of(new SchemeGroup(targets, scheme));
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

  /** The same settings as they are written: presets by name, other schemes in full. */
  public Json.Obj json() {
    List<SchemeGroup> groups = targets.groups();
    if (groups.size() == 1 && isPreset(groups.get(0))) {
      return Json.object(
          TARGETS,
          groups.get(0).targets(),
          IGNORE,
          targets.ignore(),
          SCHEME,
          groups.get(0).scheme().name());
    }
    Map<String, Object> written = new LinkedHashMap<>();
    groups.forEach(group -> written.put("group_" + written.size(), ConfigGroups.json(group)));
    return Json.object(CONFIG_GROUPS, written, IGNORE, targets.ignore());
  }

  private static boolean isPreset(SchemeGroup group) {
    return Presets.find(group.scheme().name())
        .filter(preset -> new SchemeGroup(group.targets(), preset).equals(group))
        .isPresent();
  }
}
