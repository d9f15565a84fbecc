/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.json.Json;
import dev.sinter.quantization.CompressionFormat;
import dev.sinter.quantization.QuantizationScheme;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code quantization_config} by which clients of compressed-tensors know how to read the
 * weights.
 */
final class QuantizationConfig {
  /** The version of compressed-tensors whose layout is written. */
  private static final String LAYOUT_VERSION = "0.18.0";

  private QuantizationConfig() {}

  /** One group of modules that share a scheme, by the targets that chose them. */
  record Group(QuantizationScheme scheme, CompressionFormat format, Set<String> targets) {}

  static Json.Obj json(List<Group> groups, List<ModuleInfo> all, Set<String> quantized) {
    Map<String, Json> byName = new LinkedHashMap<>();
    for (Group group : groups) {
      byName.put("group_" + byName.size(), json(group));
    }
    List<CompressionFormat> formats = groups.stream().map(Group::format).distinct().toList();
    return Json.object(
        "config_groups",
        byName,
        "format",
        formats.size() == 1 ? formats.get(0).jsonName() : "mixed-precision",
        "global_compression_ratio",
        null,
        "ignore",
        ignored(all, quantized),
        "kv_cache_scheme",
        null,
        "quant_method",
        "compressed-tensors",
        "quantization_status",
        "compressed",
        "sparsity_config",
        Json.object(),
        "transform_config",
        Json.object(),
        "version",
        LAYOUT_VERSION);
  }

  private static Json json(Group group) {
    Json inputs =
        group.scheme().inputs() instanceof QuantizationScheme.Inputs.Quantized quantized
            ? quantized.args().json()
            : new Json.Null();
    return Json.object(
        "format", group.format().jsonName(),
        "input_activations", inputs,
        "output_activations", null,
        "targets", List.copyOf(group.targets()),
        "weights", group.scheme().weights().json());
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
