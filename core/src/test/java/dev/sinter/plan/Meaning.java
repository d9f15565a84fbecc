/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.plan;

import dev.sinter.checkpoint.Checkpoint;
import dev.sinter.checkpoint.FileStores;
import dev.sinter.checkpoint.Shard;
import dev.sinter.json.Json;
import dev.sinter.quantization.QuantizationScheme;
import dev.sinter.recipe.Recipe;
import dev.sinter.recipe.Recipes;
import dev.sinter.testing.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What a recipe comes to on a model, whatever words it is in: the modules with their schemes and
 * solvers, the config.json and the layout of the result.
 */
record Meaning(
    List<ModulePlan> modules, Json.Obj outputConfig, List<Shard> shards, List<String> missing) {

  static Meaning of(Plan plan) {
    List<ModulePlan> modules =
        plan.modules().stream()
            .map(
                module ->
                    new ModulePlan(
                        module.module(),
                        module.weight(),
                        unnamed(module.scheme()),
                        module.format(),
                        module.solver(),
                        module.sharing(),
                        ""))
            .toList();
    List<String> missing =
        plan.missing().stream().map(what -> what.substring(what.indexOf(": ") + 1)).toList();
    return new Meaning(modules, plan.outputConfig(), plan.shards(), missing);
  }

  /** A scheme that is no preset is called by its group, or by its rule. */
  private static QuantizationScheme unnamed(QuantizationScheme scheme) {
    return new QuantizationScheme("", scheme.weights(), scheme.inputs(), scheme.outputs());
  }

  static Meaning of(Checkpoint checkpoint, Recipe recipe) {
    return of(Planner.plan(checkpoint, recipe, OutputSettings.DEFAULT));
  }

  /** What a recipe's text comes to on the demo model. */
  static Meaning of(String recipe) {
    return of(tinyLlama(), Recipes.parse("recipe.yaml", recipe));
  }

  static Checkpoint tinyLlama() {
    try {
      return Checkpoint.open(FileStores.at(TestData.tinyLlamaBf16().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
