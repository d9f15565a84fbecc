/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.quantization;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.modifier.Settings;
import dev.sinter.problem.Nearest;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.Presets;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationArgsReader;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.quantization.QuantizationScheme.Inputs;
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
  private final String setting;
  private final List<SchemeGroup> groups = new ArrayList<>();
  private boolean sound = true;

  private ConfigGroups(Settings settings, String setting) {
    this.settings = settings;
    this.setting = setting;
  }

  /** The groups in their order; none when there is a problem. */
  static List<SchemeGroup> read(Settings settings, String setting, Json value) {
    ConfigGroups reading = new ConfigGroups(settings, setting);
    if (!(value instanceof Json.Obj named) || named.members().isEmpty()) {
      reading.problem(
          "", "must be groups by name, such as group_0: {targets: [Linear], weights: {...}}");
      return List.of();
    }
    named.members().forEach(reading::group);
    return reading.sound ? reading.groups : List.of();
  }

  private void problem(String group, String text) {
    settings.problem(setting, setting + (group.isEmpty() ? " " : "." + group + ": ") + text);
    sound = false;
  }

  private void group(String name, Json value) {
    if (!(value instanceof Json.Obj group)) {
      problem(name, "must have targets and weights, not " + JsonWriter.compact(value));
      return;
    }
    group.members().keySet().stream()
        .filter(key -> !KEYS.contains(key))
        .forEach(
            key -> problem(name, "there is no setting \"" + key + "\"." + Nearest.hint(key, KEYS)));
    Optional<List<String>> targets = group.member(TARGETS).flatMap(Settings::texts);
    if (targets.isEmpty() || targets.get().isEmpty()) {
      problem(name, "targets must be a list of targets, such as [Linear]");
    }
    if (group.member(OUTPUTS).isPresent()) {
      problem(name, OUTPUTS + " are not quantized by this version");
    }
    Optional<QuantizationArgs> weights = args(name, group, WEIGHTS);
    if (group.member(WEIGHTS).isEmpty()) {
      problem(name, "there are no weights: a group says how weights are represented");
    }
    Optional<QuantizationArgs> inputs = args(name, group, INPUTS);
    if (!sound || weights.isEmpty() || targets.isEmpty()) {
      return;
    }
    QuantizationScheme scheme =
        Presets.name(
            new QuantizationScheme(
                name,
                weights.get(),
                inputs.<Inputs>map(Inputs.Quantized::new).orElseGet(Inputs.Full::new)));
    sound &= requireDataFree(settings, setting, scheme);
    groups.add(new SchemeGroup(targets.get(), scheme, format(name, group, scheme)));
  }

  /** Whether all that a scheme needs is found without data; if not, that is a problem. */
  static boolean requireDataFree(Settings settings, String setting, QuantizationScheme scheme) {
    if (scheme.needsInputRanges()) {
      settings.problem(
          setting,
          "scheme "
              + scheme.name()
              + " quantizes inputs by ranges that calibration must find, which this version does"
              + " not. Schemes such as FP8_DYNAMIC find them when the model runs");
    }
    return !scheme.needsInputRanges();
  }

  private Optional<QuantizationArgs> args(String group, Json.Obj given, String part) {
    Optional<Json> value = given.member(part);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!(value.get() instanceof Json.Obj args)) {
      problem(group, part + " must be settings such as {num_bits: 4}");
      return Optional.empty();
    }
    return part.equals(WEIGHTS)
        ? QuantizationArgsReader.weights(args, text -> problem(group, part + ": " + text))
        : QuantizationArgsReader.activations(args, text -> problem(group, part + ": " + text));
  }

  /** The format that is asked for, if it holds the scheme; else the one that is inferred. */
  private CompressionFormat format(String group, Json.Obj given, QuantizationScheme scheme) {
    CompressionFormat inferred = CompressionFormat.of(scheme);
    Optional<Json> value = given.member(FORMAT);
    if (value.isEmpty()) {
      return inferred;
    }
    List<String> fitting =
        Arrays.stream(CompressionFormat.values())
            .filter(format -> format.holds(scheme.weights()))
            .map(CompressionFormat::jsonName)
            .toList();
    if (value.get() instanceof Json.Str text && fitting.contains(text.value())) {
      return CompressionFormat.named(text.value()).orElseThrow();
    }
    problem(
        group,
        FORMAT
            + " "
            + JsonWriter.compact(value.get())
            + " does not hold scheme "
            + scheme.name()
            + ". These do: "
            + String.join(", ", fitting));
    return inferred;
  }

  /** A group in the form that it is read in. */
  static Json json(SchemeGroup group) {
    Json inputs =
        group.scheme().inputs() instanceof Inputs.Quantized quantized
            ? quantized.args().json()
            : new Json.Null();
    return Json.object(
        TARGETS, group.targets(),
        WEIGHTS, group.scheme().weights().json(),
        INPUTS, inputs,
        FORMAT, group.format().jsonName());
  }
}
