/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is to be done to a model: stages of methods with their settings, in order.
 *
 * @param metadata what the recipe says of itself
 * @param dataset the calibration data that it asks for, by the names of the flags; may be empty
 * @param notes what a person should know of how it was read
 */
public record Recipe(List<Stage> stages, Json.Obj metadata, Json.Obj dataset, List<String> notes) {
  private static final Json.Obj NOTHING = new Json.Obj(Map.of());

  /** Makes a checkpoint dense. */
  public static final Recipe EMPTY = new Recipe(List.of(), NOTHING, NOTHING, List.of());

  public Recipe {
    stages = List.copyOf(stages);
    notes = List.copyOf(notes);
  }

  /** A recipe of one stage. */
  public static Recipe of(Modifier... modifiers) {
    Stage stage = Stage.of(Stage.DEFAULT, List.of(modifiers));
    return new Recipe(List.of(stage), NOTHING, NOTHING, List.of());
  }

  /** The methods of all stages. */
  public List<Modifier> modifiers() {
    return stages.stream().flatMap(stage -> stage.modifiers().stream()).toList();
  }

  /** Whether it needs data for a model of the usual form. */
  public boolean needsCalibration() {
    return modifiers().stream().anyMatch(TypicalModel::needsCalibration);
  }

  /** What this version lacks to run it; nothing if it runs. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Stage stage : stages) {
      if (stage.runType() == Stage.RunType.TRAIN) {
        missing.add("training (run_type: train of the stage " + stage.name() + ")");
      }
      stage.modifiers().forEach(modifier -> missing.addAll(modifier.missing()));
    }
    return missing.stream().distinct().toList();
  }

  /** The stages of another recipe behind these. */
  Recipe then(Recipe next) {
    List<Stage> all = new ArrayList<>(stages);
    all.addAll(next.stages);
    List<String> told = new ArrayList<>(notes);
    told.addAll(next.notes);
    return new Recipe(
        all,
        metadata.members().isEmpty() ? next.metadata : metadata,
        next.dataset.members().isEmpty() ? dataset : next.dataset,
        told);
  }
}
