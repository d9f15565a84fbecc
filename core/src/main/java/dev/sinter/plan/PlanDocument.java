/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.json.Json;
import dev.sinter.plan.Plan.MethodRule;
import dev.sinter.quantization.QuantizationArgs;
import dev.sinter.quantization.QuantizationScheme.Activations;
import dev.sinter.recipe.RecipeWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plan for programs. */
public final class PlanDocument {
  private PlanDocument() {}

  public static Json.Obj json(Checkpoint checkpoint, Plan plan) {
    return Json.object(
        "model", checkpoint.store().location(),
        "recipe", RecipeWriter.json(plan.recipe()),
        "pipeline", pipeline(plan),
        "statistics", PlanStatistics.of(plan),
        "missing", plan.missing(),
        "input_bytes", checkpoint.tensorBytes(),
        "output_bytes", plan.outputBytes(),
        "output_files", plan.shards().size(),
        "bits_per_parameter", bits(plan),
        "kv_cache", plan.kvCache().map(QuantizationArgs::json).orElse(null),
        "attention", attention(plan),
        "modules", modules(plan),
        "rules", plan.rules().stream().map(PlanDocument::rule).toList(),
        "warnings", plan.notices(),
        "hints", plan.hints(),
        "notes", plan.recipe().notes());
  }

  /** The pipeline that runs when none is named. */
  public static String pipeline(Plan plan) {
    return plan.needsCalibration() ? "sequential" : "datafree";
  }

  /** How many inputs each statistic is needed of. */
  public static Map<String, Integer> statistics(Plan plan) {
    return PlanStatistics.of(plan);
  }

  /** The bits that each element of a matrix takes, scales included. */
  public static double bits(Plan plan) {
    long elements = plan.rows().stream().mapToLong(ModuleRow::elements).sum();
    long bytes = plan.rows().stream().mapToLong(ModuleRow::outputBytes).sum();
    return elements == 0 ? 0 : Math.round(8000.0 * bytes / elements) / 1000.0;
  }

  /** How attention modules round queries, keys and values. */
  private static Json attention(Plan plan) {
    Map<String, Object> modules = new LinkedHashMap<>();
    plan.attention().forEach((module, args) -> modules.put(module, args.json()));
    return Json.of(modules);
  }

  private static Json modules(Plan plan) {
    Map<String, Object> modules = new LinkedHashMap<>();
    for (ModuleRow row : plan.rows()) {
      if (row.source().isEmpty()) {
        continue;
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("class", row.module().className());
      json.put("shape", row.source().get().weight().shape().dimensions());
      json.put("stored", row.source().get().representation());
      json.put("scheme", row.plan().map(plan1 -> plan1.scheme().name()).orElse(null));
      row.plan()
          .ifPresent(
              module -> {
                json.put("format", module.format().jsonName());
                json.put("weight", module.scheme().weights().json());
                json.put("input", activations(module.scheme().inputs()));
                json.put("output", activations(module.scheme().outputs()));
              });
      json.put("bits_per_parameter", bits(row));
      json.put("bytes_before", row.source().get().storedBytes());
      json.put("bytes_after", row.outputBytes());
      json.put("why", row.why());
      json.put("touched_by", row.touchedBy());
      modules.put(row.module().name(), json);
    }
    return Json.of(modules);
  }

  /** The bits of each element of a module's weight, scales included. */
  public static double bits(ModuleRow row) {
    return row.elements() == 0
        ? 0
        : Math.round(8000.0 * row.outputBytes() / row.elements()) / 1000.0;
  }

  private static Json activations(Activations activations) {
    return activations instanceof Activations.Quantized quantized
        ? quantized.args().json()
        : new Json.Null();
  }

  private static Json rule(MethodRule rule) {
    return Json.object(
        "method", rule.method(),
        "kind", rule.use().kind().noun(),
        "rule", rule.use().rule(),
        "at", rule.use().place().map(place -> place.at()).orElse(null),
        "matched", rule.use().matched());
  }
}
