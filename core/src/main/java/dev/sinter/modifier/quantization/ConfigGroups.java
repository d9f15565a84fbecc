/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.modifier.AttentionGroup;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.problem.Nearest;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgs.Dynamic;
import dev.sinter.quantization.QuantizationArgsReader;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.setting.Settings;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Schemes written out in full, as in recipes and in the quantization_config of config.json. */
final class ConfigGroups {
  private static final String TARGETS = "targets";
  private static final String WEIGHTS = "weights";
  private static final String INPUTS = "input_activations";
  private static final String OUTPUTS = "output_activations";
  private static final String FORMAT = "format";
  private static final List<String> KEYS = List.of(TARGETS, WEIGHTS, INPUTS, OUTPUTS, FORMAT);

  private final Settings settings;
  private final List<SchemeGroup> groups = new ArrayList<>();
  private final List<AttentionGroup> attention = new ArrayList<>();
  private boolean sound = true;

  private ConfigGroups(Settings settings) {
    this.settings = settings;
  }

  /** Groups of weights, and of what attention modules round. */
  record Groups(List<SchemeGroup> weights, List<AttentionGroup> attention) {
    static final Groups NONE = new Groups(List.of(), List.of());

    boolean isEmpty() {
      return weights.isEmpty() && attention.isEmpty();
    }
  }

  /** The groups in their order; none when there is a problem. */
  static Groups read(Settings settings, YamlNode value) {
    ConfigGroups reading = new ConfigGroups(settings);
    if (!(value instanceof Mapping named) || named.members().isEmpty()) {
      reading.problem(
          value,
          "config_groups must be groups by name, such as group_0: {targets: [Linear], weights:"
              + " {num_bits: 4}}");
      return Groups.NONE;
    }
    named.members().forEach(reading::member);
    return reading.sound ? new Groups(reading.groups, reading.attention) : Groups.NONE;
  }

  private void problem(YamlNode where, String text) {
    settings.problem(where.place(), text);
    sound = false;
  }

  /** A group by any name, or a preset with its targets. */
  private void member(Member member) {
    if (member.value() instanceof Mapping group) {
      group(member.name(), group);
      return;
    }
    List<String> targets = Settings.texts(member.value().json());
    if (targets.isEmpty()) {
      problem(
          member.value(),
          member.name()
              + " must be a group {targets: [...], weights: {...}}, or a preset with a list of"
              + " targets, not "
              + member.value().kind());
      return;
    }
    Patterns.check(settings, member.value());
    Optional<SchemeGroup> preset =
        SchemeSettings.preset(settings, member.name(), targets, member.place());
    sound &= preset.isPresent();
    preset.ifPresent(groups::add);
  }

  private void group(String name, Mapping group) {
    for (Member member : group.members()) {
      if (!KEYS.contains(member.name())) {
        settings.problem(
            member.place(),
            "a group has no setting \""
                + member.name()
                + "\"."
                + Nearest.hint(member.name(), KEYS)
                + " It has: "
                + String.join(", ", KEYS));
        sound = false;
      }
    }
    List<String> targets =
        group.value(TARGETS).map(node -> Settings.texts(node.json())).orElse(List.of());
    if (targets.isEmpty() && !isMisspelled(group, TARGETS)) {
      problem(
          group.value(TARGETS).orElse(group), name + ": targets must be a list, such as [Linear]");
    }
    group.value(TARGETS).ifPresent(node -> Patterns.check(settings, node));
    boolean noWeights = group.value(WEIGHTS).isEmpty() && !isMisspelled(group, WEIGHTS);
    if (noWeights && group.value(INPUTS).isPresent()) {
      attention(name, targets, group);
      return;
    }
    Optional<QuantizationArgs> weights = args(group, WEIGHTS);
    if (noWeights) {
      problem(
          group,
          name
              + ": there are no weights: a group says how weights are represented, or by"
              + " input_activations alone how attention modules round queries, keys and values");
    }
    Activations inputs = activations(group, INPUTS);
    Activations outputs = activations(group, OUTPUTS);
    if (!sound || weights.isEmpty()) {
      return;
    }
    QuantizationScheme scheme =
        Presets.name(new QuantizationScheme(name, weights.get(), inputs, outputs));
    groups.add(new SchemeGroup(targets, scheme, format(group, scheme)));
  }

  private static boolean isStoredByGroup(QuantizationArgs args) {
    return args.dynamic() == Dynamic.NO && args.groupSize().isPresent();
  }

  /** A group without weights: what attention modules do to queries, keys and values. */
  private void attention(String name, List<String> targets, Mapping group) {
    Optional<QuantizationArgs> args = args(group, INPUTS);
    args.filter(found -> !AttentionGroup.holds(found))
        .ifPresent(
            found ->
                problem(
                    group.value(INPUTS).orElseThrow(),
                    name
                        + " has no weights, and so means attention modules: their queries, keys and"
                        + " values share scales by tensor or attn_head that calibration finds."
                        + " Write strategy: tensor, or attn_head, and dynamic: false"));
    for (String part : List.of(OUTPUTS, FORMAT)) {
      group
          .value(part)
          .ifPresent(
              node ->
                  problem(
                      node,
                      name
                          + " has no weights, and so means attention modules, which have no "
                          + part
                          + ". Leave it out"));
    }
    if (sound && args.isPresent()) {
      attention.add(new AttentionGroup(targets, args.get()));
    }
  }

  /** Whether a key that there is not was told to mean this one. */
  private static boolean isMisspelled(Mapping group, String key) {
    return group.members().stream()
        .map(Member::name)
        .filter(name -> !KEYS.contains(name))
        .anyMatch(name -> Nearest.to(name, KEYS).equals(Optional.of(key)));
  }

  private Activations activations(Mapping group, String part) {
    Optional<QuantizationArgs> read = args(group, part);
    read.filter(ConfigGroups::isStoredByGroup)
        .ifPresent(
            args ->
                problem(
                    group.value(part).orElseThrow(),
                    part
                        + ": no client applies scales of groups that were found before:"
                        + " compressed-tensors lays them along the tokens instead of the channels,"
                        + " and fails where there are not as many. Write dynamic: true, strategy:"
                        + " tensor_group with dynamic: local (NVFP4), or strategy: tensor"));
    return read.<Activations>map(Activations.Quantized::new).orElseGet(Activations.Full::new);
  }

  private Optional<QuantizationArgs> args(Mapping group, String part) {
    Optional<YamlNode> value = group.value(part);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!(value.get() instanceof Mapping args)) {
      problem(
          value.get(), part + " must be settings such as {num_bits: 4}, not " + value.get().kind());
      return Optional.empty();
    }
    Optional<QuantizationArgs> read =
        part.equals(WEIGHTS)
            ? QuantizationArgsReader.weights(args.json(), (name, text) -> wrong(args, name, text))
            : QuantizationArgsReader.activations(
                args.json(), (name, text) -> wrong(args, name, text));
    sound &= read.isPresent();
    return read;
  }

  private void wrong(Mapping args, String name, String text) {
    settings.problem(args.place(name), text);
  }

  /** The format that is asked for, if it holds the scheme; else the one that is inferred. */
  private CompressionFormat format(Mapping group, QuantizationScheme scheme) {
    Optional<YamlNode> value = group.value(FORMAT);
    if (value.isEmpty()) {
      return CompressionFormat.of(scheme);
    }
    List<String> fitting =
        Arrays.stream(CompressionFormat.values())
            .filter(format -> format.holds(scheme.weights()))
            .map(CompressionFormat::jsonName)
            .toList();
    if (value.get().json() instanceof Json.Str text && fitting.contains(text.value())) {
      return CompressionFormat.named(text.value()).orElseThrow();
    }
    problem(
        value.get(),
        "format "
            + JsonWriter.compact(value.get().json())
            + " does not hold scheme "
            + scheme.name()
            + ". These do: "
            + String.join(", ", fitting));
    return CompressionFormat.of(scheme);
  }

  /** A group in the form that it is read in. */
  static Json json(SchemeGroup group) {
    return Json.object(
        TARGETS, group.targets(),
        WEIGHTS, group.scheme().weights().json(),
        INPUTS, json(group.scheme().inputs()),
        OUTPUTS, json(group.scheme().outputs()),
        FORMAT, group.format().jsonName());
  }

  /** A group of attention modules in the form that it is read in. */
  static Json json(AttentionGroup group) {
    return Json.object(TARGETS, group.targets(), INPUTS, group.args().json());
  }

  private static Json json(Activations activations) {
    return activations instanceof Activations.Quantized quantized
        ? quantized.args().json()
        : new Json.Null();
  }
}
