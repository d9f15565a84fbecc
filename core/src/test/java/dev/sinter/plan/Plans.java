/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.Shard;
import dev.sinter.checkpoint.TensorSpec;
import dev.sinter.json.Json;
import dev.sinter.plan.OutputSettings.Form;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.tensor.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Plans of recipes in a line, and what is asked of them. */
final class Plans {
  static final Recipe NOTHING = Recipe.EMPTY;

  private Plans() {}

  static Recipe rounding(String settings) {
    return Recipes.parse("r.yaml", "modifiers: {QuantizationModifier: {" + settings + "}}");
  }

  static Plan of(Checkpoint checkpoint, String settings) {
    return Planner.plan(checkpoint, rounding(settings), OutputSettings.DEFAULT);
  }

  static OutputSettings dtype(DType dtype) {
    return new OutputSettings(Optional.empty(), Optional.of(dtype), Form.COMPRESSED);
  }

  static OutputSettings form(Form form) {
    return new OutputSettings(Optional.empty(), Optional.empty(), form);
  }

  static List<String> modules(Plan plan) {
    return plan.modules().stream().map(ModulePlan::module).toList();
  }

  /** Type and shape of every tensor of the result. */
  static Map<String, String> tensors(Plan plan) {
    Map<String, String> tensors = new TreeMap<>();
    for (Shard shard : plan.shards()) {
      for (TensorSpec spec : shard.layout().tensors()) {
        tensors.put(spec.name(), spec.dtype() + " " + spec.shape());
      }
    }
    return tensors;
  }

  static Json.Obj quantization(Plan plan) {
    return (Json.Obj) plan.outputConfig().members().get("quantization_config");
  }

  static Json ignored(Plan plan) {
    return quantization(plan).members().get("ignore");
  }
}
