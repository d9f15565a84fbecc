/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.modifier.Resolution.AttentionUse;
import dev.sinter.modifier.SchemeGroup;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.tensor.DType;
import dev.sinter.weight.CheckpointWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The config.json of a result; its {@code quantization_config} is how clients of compressed-tensors
 * know how to read the weights.
 */
final class OutputConfig {
  /** The version of compressed-tensors whose layout is written. */
  private static final String LAYOUT_VERSION = "0.18.0";

  private static final String CONFIG = "quantization_config";

  private OutputConfig() {}

  /** One group of modules that share a scheme, by the targets that clients find them by. */
  record Group(SchemeGroup group, List<String> targets) {
    private CompressionFormat format(Form form) {
      return form == Form.DENSE ? CompressionFormat.DENSE : group.format();
    }
  }

  /** Attention modules that round queries, keys and values alike. */
  record AttentionGroup(AttentionUse use) {
    private Json json() {
      List<String> targets = use.targets().values().stream().distinct().toList();
      return Json.object(
          "format",
          null,
          "input_activations",
          use.group().args().json(),
          "output_activations",
          null,
          "targets",
          targets,
          "weights",
          null);
    }
  }

  static Json.Obj of(
      Json.Obj config,
      OutputSettings settings,
      List<Group> groups,
      List<AttentionGroup> attention,
      Optional<QuantizationArgs> kvCache,
      List<ModuleInfo> all,
      Set<String> quantized) {
    Json.Obj plain = CheckpointWeights.withoutCodes(config);
    Json.Obj typed = settings.dtype().map(dtype -> typed(plain, dtype)).orElse(plain);
    return groups.isEmpty() && attention.isEmpty() && kvCache.isEmpty()
        ? typed
        : typed.with(
            CONFIG, quantization(groups, attention, settings.form(), kvCache, all, quantized));
  }

  /** The type under the name that it has, or under the name of Transformers 5. */
  private static Json.Obj typed(Json.Obj config, DType dtype) {
    String name =
        switch (dtype) {
          case BF16 -> "bfloat16";
          case F16 -> "float16";
          default -> "float32";
        };
    Json.Obj typed = config;
    boolean named = false;
    for (String key : List.of("torch_dtype", "dtype")) {
      if (config.members().containsKey(key)) {
        typed = typed.with(key, Json.of(name));
        named = true;
      }
    }
    if (config.member("text_config").orElse(null) instanceof Json.Obj text) {
      typed = typed.with("text_config", typed(text, dtype));
      named = true;
    }
    return named ? typed : typed.with("dtype", Json.of(name));
  }

  private static Json.Obj quantization(
      List<Group> groups,
      List<AttentionGroup> attention,
      Form form,
      Optional<QuantizationArgs> kvCache,
      List<ModuleInfo> all,
      Set<String> quantized) {
    Map<String, Json> byName = new LinkedHashMap<>();
    for (Group group : groups) {
      byName.put("group_" + byName.size(), json(group, form));
    }
    attention.forEach(group -> byName.put("group_" + byName.size(), group.json()));
    List<CompressionFormat> formats = groups.stream().map(g -> g.format(form)).distinct().toList();
    return Json.object(
        "config_groups",
        byName,
        "format",
        format(formats),
        "global_compression_ratio",
        null,
        "ignore",
        ignored(all, quantized),
        "kv_cache_scheme",
        kvCache.map(QuantizationArgs::json).orElse(null),
        "quant_method",
        "compressed-tensors",
        "quantization_status",
        form == Form.DENSE ? "frozen" : "compressed",
        "sparsity_config",
        Json.object(),
        "transform_config",
        Json.object(),
        "version",
        LAYOUT_VERSION);
  }

  private static String format(List<CompressionFormat> formats) {
    return switch (formats.size()) {
      case 0 -> CompressionFormat.DENSE.jsonName();
      case 1 -> formats.get(0).jsonName();
      default -> "mixed-precision";
    };
  }

  private static Json json(Group group, Form form) {
    QuantizationScheme scheme = group.group.scheme();
    return Json.object(
        "format",
        group.format(form).jsonName(),
        "input_activations",
        json(scheme.inputs()),
        "output_activations",
        json(scheme.outputs()),
        "targets",
        group.targets,
        "weights",
        scheme.weights().json());
  }

  private static Json json(QuantizationScheme.Activations activations) {
    return activations instanceof QuantizationScheme.Activations.Quantized quantized
        ? quantized.args().json()
        : new Json.Null();
  }

  /** Clients need the modules named that are full although others of their class are not. */
  private static List<String> ignored(List<ModuleInfo> all, Set<String> quantized) {
    Set<String> classes = new LinkedHashSet<>();
    all.stream()
        .filter(module -> quantized.contains(module.name()))
        .forEach(module -> classes.add(module.className()));
    List<String> names = new ArrayList<>();
    if (classes.contains(ModuleInfo.LINEAR)) {
      classes.add(ModuleInfo.ROUTER);
    }
    for (ModuleInfo module : all) {
      if (classes.contains(module.className()) && !quantized.contains(module.name())) {
        names.add(module.name());
      }
    }
    return names;
  }
}
