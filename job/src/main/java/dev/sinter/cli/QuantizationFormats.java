/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.json.Json;
import dev.sinter.json.JsonWriter;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Problems;
import dev.sinter.recipe.Dialect;
import dev.sinter.recipe.RecipeMerge;
import dev.sinter.recipe.RecipeRequest;
import dev.sinter.recipe.Recipes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** ModelOpt's names of formats ({@code --qformat}): the snippets that have those names. */
final class QuantizationFormats implements Iterable<String> {
  private static final String MODELS = "configs/ptq/presets/model/";
  private static final String CACHES = "configs/ptq/presets/kv/";
  private static final String NO_CACHE = "none";

  /** Short names of ModelOpt's command. */
  private static final Map<String, String> SHORT =
      new TreeMap<>(
          Map.of(
              "int4_wo", "int4_blockwise_weight_only",
              "int8_wo", "int8_weight_only",
              "int8_sq", "int8_smoothquant",
              "fp8_pc_pt", "fp8_per_channel_per_token",
              "fp8_pb_wo", "fp8_2d_blockwise_weight_only",
              "nvfp4_w4a16", "w4a16_nvfp4",
              "w4a8_awq", "w4a8_awq_beta",
              "nvfp4_awq", "nvfp4_awq_lite",
              "nvfp4_mse", "nvfp4_w4a4_weight_mse_fp8_sweep",
              "nvfp4_local_hessian", "nvfp4_w4a4_weight_local_hessian"));

  /**
   * The recipe of a format, as YAML: its rules, behind them those of the cache's format and those
   * for what is ignored.
   */
  static String recipe(String format, Optional<String> cache, List<String> ignore) {
    Problems problems = new Problems();
    String model = find("--qformat", MODELS, format, problems);
    Optional<String> found =
        cache
            .filter(name -> !name.equalsIgnoreCase(NO_CACHE))
            .map(name -> find("--kv-cache-qformat", CACHES, name, problems));
    List<Json> rules = new ArrayList<>();
    ignore.forEach(module -> rules.add(off(module, problems)));
    problems.throwIfAny();
    List<String> parts = new ArrayList<>();
    Json.Obj metadata =
        Json.object(
            "recipe_type",
            "ptq",
            "description",
            model + found.map(kv -> ", KV cache " + kv).orElse(""));
    parts.add(JsonWriter.compact(imported(MODELS + model).with("metadata", metadata)));
    found.ifPresent(name -> parts.add(JsonWriter.compact(imported(CACHES + name))));
    if (!rules.isEmpty()) {
      parts.add(JsonWriter.compact(Json.object("quantize", Json.object("quant_cfg", rules))));
    }
    return RecipeMerge.of(
            new RecipeRequest(parts, Map.of(), Optional.empty(), List.of(), Dialect.ANY))
        .yaml();
  }

  private static Json.Obj imported(String snippet) {
    return Json.object(
        "imports", Json.object("format", snippet), "quantize", Json.object("$import", "format"));
  }

  /** A rule that leaves a module alone, and what is below it. */
  private static Json off(String module, Problems problems) {
    if (module.startsWith("re:")) {
      problems.add(
          "--ignore "
              + module
              + ": with --qformat modules are named as ModelOpt names them: lm_head, or with * in"
              + " it, as in *mlp.gate*");
    }
    String pattern = module.contains("*") ? module : module + ".*";
    return Json.object("quantizer_name", pattern, "enable", false);
  }

  private static String find(String flag, String folder, String format, Problems problems) {
    String given = format.toLowerCase(Locale.ROOT);
    String name = folder.equals(MODELS) ? SHORT.getOrDefault(given, given) : given;
    List<String> names = names(folder);
    if (!names.contains(name)) {
      List<String> known = new ArrayList<>(names);
      known.addAll(folder.equals(MODELS) ? SHORT.keySet() : List.of(NO_CACHE));
      problems.add(
          flag
              + " "
              + format
              + " is no format that is known here."
              + Nearest.hint(given, known)
              + " There are: "
              + String.join(", ", known));
    }
    return name;
  }

  private static List<String> names(String folder) {
    return Recipes.names().stream()
        .filter(name -> name.startsWith(folder))
        .map(name -> name.substring(folder.length()))
        .toList();
  }

  @Override
  public Iterator<String> iterator() {
    return names(MODELS).iterator();
  }

  /** The formats of caches. */
  static final class OfCaches implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      List<String> names = new ArrayList<>(List.of(NO_CACHE));
      names.addAll(names(CACHES));
      return names.iterator();
    }
  }
}
