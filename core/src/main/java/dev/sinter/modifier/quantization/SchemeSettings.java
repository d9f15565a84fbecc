/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.AttentionGroup;
import dev.sinter.modifier.ListedTargets;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.quantization.ConfigGroups.Groups;
import dev.sinter.problem.Place;
import dev.sinter.problem.RequestException;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgsReader;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.SettingTable;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The settings that all quantizing methods share: what is quantized, and to which schemes. */
public record SchemeSettings(ListedTargets targets) {
  private static final String TARGETS = "targets";
  private static final String IGNORE = "ignore";
  private static final String SCHEME = "scheme";
  private static final String CONFIG_GROUPS = "config_groups";
  private static final String KV_CACHE = "kv_cache_scheme";

  private static final List<String> IN_TRAINING = List.of("start", "end", "update");

  /** The settings with their meanings. */
  private static final List<Setting> SETTINGS = settings();

  /** Shorthands that people try, and what to write. */
  private static final Map<String, String> ELSEWHERE = elsewhere();

  private static List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    settings.add(
        Setting.of(
                TARGETS,
                Form.texts(),
                "What is quantized: class names, module names, or re: and a regular expression")
            .otherwise(List.of(ModuleInfo.LINEAR)));
    settings.add(
        Setting.of(IGNORE, Form.texts(), "What stays as it is, named in the same ways")
            .otherwise(List.of()));
    settings.add(
        Setting.of(
            CONFIG_GROUPS,
            new Form.Other("groups by name"),
            "Schemes written out: {group_0: {targets: [Linear], weights: {num_bits: 4}}}"));
    settings.add(
        Setting.of(
            SCHEME,
            new Form.Other("a preset, or {PRESET: [targets]}"),
            "A preset such as W4A16, or several, each with its targets"));
    settings.add(
        Setting.of(
            KV_CACHE,
            new Form.Other("the settings of quantized values"),
            "How keys and values are kept: {num_bits: 8, type: float}"));
    settings.addAll(Observers.SETTINGS);
    for (String name :
        List.of(
            "bypass_divisibility_checks",
            "requires_calibration_data",
            "quantization_aware_calibration",
            "index",
            "group",
            "start",
            "end",
            "update")) {
      settings.add(Setting.withoutEffect(name));
    }
    return List.copyOf(settings);
  }

  private static Map<String, String> elsewhere() {
    String bits =
        "Bits are part of the scheme: write scheme: W4A16 or another preset, or "
            + "config_groups: {group_0: {targets: [Linear], weights: {num_bits: 4}}}";
    Map<String, String> elsewhere = new LinkedHashMap<>();
    for (String name : List.of("bits", "num_bits", "weight_bits", "w_bits", "wbits")) {
      elsewhere.put(name, bits);
    }
    for (String name : List.of("group_size", "symmetric", "sym", "strategy", "type")) {
      elsewhere.put(
          name,
          "It belongs to the weights of a group: config_groups: {group_0: {targets: [Linear],"
              + " weights: {num_bits: 4, "
              + (name.equals("sym") ? "symmetric" : name)
              + ": ...}}}");
    }
    elsewhere.put("kv_cache", "Write kv_cache_scheme: {num_bits: 8, type: float}");
    elsewhere.put("exclude", "Write ignore");
    return elsewhere;
  }

  /** The table of a method: these settings, and its own, which take the place of those. */
  public static SettingTable table(String name, List<Setting> own) {
    return new SettingTable(name, SETTINGS, ELSEWHERE).and(own);
  }

  /** Reads the settings; empty when a scheme has a problem, which was added to. */
  public static Optional<SchemeSettings> read(Settings settings) {
    Patterns.check(settings, TARGETS);
    Patterns.check(settings, IGNORE);
    Groups groups = groups(settings, settings.texts(TARGETS).orElse(List.of()));
    checkTwice(settings, groups);
    Optional<QuantizationArgs> kvCache = settings.node(KV_CACHE).flatMap(n -> cache(settings, n));
    Groups observed = Observers.apply(settings, groups);
    for (String name : IN_TRAINING) {
      if (settings.hasValue(name) && !settings.table().offers(name)) {
        settings.note(
            settings.place(name), name + " counts while training; here it changes nothing");
      }
    }
    boolean nothing = observed.isEmpty() && (kvCache.isEmpty() || !cacheAlone(settings));
    return nothing
        ? Optional.empty()
        : Optional.of(
            new SchemeSettings(
                new ListedTargets(
                    observed.weights(),
                    observed.attention(),
                    settings.texts(IGNORE).orElse(List.of()),
                    kvCache)));
  }

  /** Whether caches are all that is quantized. */
  private static boolean cacheAlone(Settings settings) {
    return !settings.isGiven(SCHEME)
        && !settings.isGiven(CONFIG_GROUPS)
        && settings.hasValue(KV_CACHE);
  }

  /** A target in two groups would mean either. */
  private static void checkTwice(Settings settings, Groups groups) {
    Set<String> seen = new HashSet<>();
    Stream.concat(
            groups.weights().stream().map(SchemeGroup::targets),
            groups.attention().stream().map(AttentionGroup::targets))
        .flatMap(List::stream)
        .filter(target -> !seen.add(target))
        .forEach(
            target ->
                settings.problem(
                    settings.hasValue(SCHEME) ? SCHEME : CONFIG_GROUPS,
                    "the target \""
                        + target
                        + "\" stands in several groups, and a module has one scheme; keep it in"
                        + " one"));
  }

  /** The groups; none when there is a problem. */
  private static Groups groups(Settings settings, List<String> targets) {
    Optional<YamlNode> groups = settings.node(CONFIG_GROUPS);
    Optional<YamlNode> scheme = settings.node(SCHEME);
    if (groups.isPresent() && scheme.isPresent()) {
      settings.problem(CONFIG_GROUPS, "config_groups and scheme both say what to do; give one");
      return Groups.NONE;
    }
    if (groups.isPresent()) {
      return ConfigGroups.read(settings, groups.get());
    }
    if (scheme.isEmpty()) {
      if (!settings.isAdvised(SCHEME)
          && !settings.isAdvised(CONFIG_GROUPS)
          && !cacheAlone(settings)) {
        settings.problem(SCHEME, "no scheme is given; write for example scheme: W4A16");
      }
      return Groups.NONE;
    }
    if (scheme.get() instanceof YamlNode.Mapping schemes) {
      return new Groups(schemes(settings, schemes), List.of());
    }
    if (scheme.get().json() instanceof Json.Str name) {
      return preset(settings, name.value(), targets, scheme.get().place())
          .map(group -> new Groups(List.of(group), List.of()))
          .orElse(Groups.NONE);
    }
    settings.problem(
        SCHEME,
        "scheme must be a preset such as W4A16, or {W4A16: [targets]}, not " + scheme.get().kind());
    return Groups.NONE;
  }

  /** Several presets, each with its targets. */
  private static List<SchemeGroup> schemes(Settings settings, YamlNode.Mapping schemes) {
    List<SchemeGroup> groups = new ArrayList<>();
    for (YamlNode.Member member : schemes.members()) {
      List<String> targets = Settings.texts(member.value().json());
      if (targets.isEmpty()) {
        settings.problem(
            member.value().place(),
            "scheme: " + member.name() + " must have a target or a list of targets");
        continue;
      }
      Patterns.check(settings, member.value());
      preset(settings, member.name(), targets, member.place()).ifPresent(groups::add);
    }
    return groups.size() == schemes.members().size() ? groups : List.of();
  }

  static Optional<SchemeGroup> preset(
      Settings settings, String name, List<String> targets, Place place) {
    try {
      QuantizationScheme scheme = Presets.named(name);
      Presets.renamed(name)
          .ifPresent(
              now ->
                  settings.note(
                      place,
                      name
                          + " is called "
                          + now
                          + " now; that is taken, which quantizes inputs when the model runs, by"
                          + " token"));
      return Optional.of(new SchemeGroup(targets, scheme));
    } catch (RequestException e) {
      settings.problem(place, e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<QuantizationArgs> cache(Settings settings, YamlNode node) {
    if (node instanceof YamlNode.Mapping given) {
      return QuantizationArgsReader.activations(
          given.json(),
          (name, text) -> settings.problem(given.place(name), KV_CACHE + ": " + text));
    }
    settings.problem(
        KV_CACHE,
        KV_CACHE + " must be settings such as {num_bits: 8, type: float}, not " + node.kind());
    return Optional.empty();
  }

  /** The same settings as they are written: presets by name, other schemes in full. */
  public Json.Obj json() {
    List<SchemeGroup> groups = targets.groups();
    Json.Obj written;
    if (groups.isEmpty() && targets.attention().isEmpty()) {
      written = Json.object(IGNORE, targets.ignore());
    } else if (groups.size() == 1 && targets.attention().isEmpty() && isPreset(groups.get(0))) {
      written =
          Json.object(
              TARGETS,
              groups.get(0).targets(),
              IGNORE,
              targets.ignore(),
              SCHEME,
              groups.get(0).scheme().name());
    } else {
      Map<String, Object> named = new LinkedHashMap<>();
      groups.forEach(group -> named.put("group_" + named.size(), ConfigGroups.json(group)));
      targets
          .attention()
          .forEach(group -> named.put("group_" + named.size(), ConfigGroups.json(group)));
      written = Json.object(CONFIG_GROUPS, named, IGNORE, targets.ignore());
    }
    return targets.kvCache().map(args -> written.with(KV_CACHE, args.json())).orElse(written);
  }

  private static boolean isPreset(SchemeGroup group) {
    Optional<QuantizationScheme> preset = Presets.find(group.scheme().name());
    return preset
        .filter(found -> new SchemeGroup(group.targets(), found).equals(group))
        .isPresent();
  }
}
