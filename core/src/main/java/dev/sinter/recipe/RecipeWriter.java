/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.problem.Problems;
import dev.sinter.quantizer.AutoQuantize;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlReader;
import dev.sinter.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a recipe as it was understood, defaults included and imports resolved, in a form that
 * reads back to the same: llm-compressor's stages, which it reads too, and ModelOpt's section where
 * that was given.
 */
public final class RecipeWriter {
  private RecipeWriter() {}

  /** The recipe alone. */
  public static String write(Recipe recipe) {
    return YamlWriter.write(json(recipe));
  }

  /**
   * The recipe, and behind it the one that the checkpoint came with, which is not done again when
   * the file is read.
   *
   * @param earlier the text of that recipe
   */
  public static String write(Recipe recipe, String earlier) {
    List<Json> history = new ArrayList<>();
    Problems problems = new Problems();
    List<YamlNode> read = YamlReader.read("recipe.yaml", earlier, problems, note -> {});
    if (problems.isEmpty() && read.size() == 1 && read.get(0).json() instanceof Json.Obj before) {
      history.add(before.without(RecipeReader.HISTORY));
      before
          .member(RecipeReader.HISTORY)
          .filter(Json.Arr.class::isInstance)
          .ifPresent(older -> history.addAll(((Json.Arr) older).items()));
    } else {
      history.add(Json.of(earlier));
    }
    return YamlWriter.write(json(recipe).with(RecipeReader.HISTORY, Json.of(history)));
  }

  /** The resolved recipe as data. */
  public static Json.Obj json(Recipe recipe) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (!recipe.metadata().members().isEmpty()) {
      json.put("metadata", recipe.metadata());
    }
    if (!recipe.dataset().members().isEmpty()) {
      json.put("dataset", recipe.dataset());
    }
    for (Stage stage : recipe.stages()) {
      put(json, stage);
    }
    return (Json.Obj) Json.of(json);
  }

  private static void put(Map<String, Object> json, Stage stage) {
    boolean search = stage.modifiers().stream().anyMatch(AutoQuantize.class::isInstance);
    if (search) {
      json.put(StageReader.AUTO_QUANTIZE, stage.modifiers().get(0).settings());
      return;
    }
    if (stage.quantize().isPresent()
        && stage.name().equals(StageReader.QUANTIZE)
        && stage.runType() == Stage.RunType.ONESHOT
        && !json.containsKey(StageReader.QUANTIZE)) {
      json.put(StageReader.QUANTIZE, stage.quantize().get());
      return;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    if (stage.runType() == Stage.RunType.TRAIN) {
      body.put("run_type", "train");
    }
    if (stage.quantize().isPresent()) {
      body.put(StageReader.QUANTIZE, stage.quantize().get());
    } else {
      body.put(stage.name() + StageReader.GROUP, modifiers(stage.modifiers()));
    }
    String key = stage.name() + StageReader.STAGE;
    for (int number = 2; json.containsKey(key); number++) {
      key = stage.name() + "_" + number + StageReader.STAGE;
    }
    json.put(key, body);
  }

  private static Object modifiers(List<Modifier> modifiers) {
    Map<String, Object> byName = new LinkedHashMap<>();
    List<Object> list = new ArrayList<>();
    for (Modifier modifier : modifiers) {
      byName.put(modifier.name(), modifier.settings());
      list.add(Map.of(modifier.name(), modifier.settings()));
    }
    return byName.size() == list.size() ? byName : list;
  }
}
