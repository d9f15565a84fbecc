/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.recipe;

import dev.sinter.json.Json;
import dev.sinter.problem.Nearest;
import dev.sinter.problem.Place;
import dev.sinter.problem.Problems;
import dev.sinter.yaml.YamlNode;
import dev.sinter.yaml.YamlNode.Mapping;
import dev.sinter.yaml.YamlNode.Member;
import java.util.List;
import java.util.Optional;

/** What a recipe says of itself: which sections it must then have, and which kinds are refused. */
final class RecipeMetadata {
  private static final String METADATA = "metadata";
  private static final String TYPE = "recipe_type";
  private static final List<String> TYPES = List.of("ptq", StageReader.AUTO_QUANTIZE);

  /** Kinds of ModelOpt that train a model, which is no compression of a checkpoint. */
  private static final List<String> REFUSED =
      List.of("speculative_eagle", "speculative_dflash", "speculative_medusa", "qat");

  private static final List<String> REMOVED = List.of("use_sequential", "layerwise_checkpoint_dir");

  private static final List<String> OF_MODELOPT = List.of(TYPE, "description");

  private final Dialect dialect;
  private final Problems problems;

  RecipeMetadata(Dialect dialect, Problems problems) {
    this.dialect = dialect;
    this.problems = problems;
  }

  /** Whether the rest of the recipe is to be read. */
  enum Kind {
    TAKEN,
    REFUSED
  }

  Kind check(Mapping recipe) {
    Optional<YamlNode> metadata = recipe.value(METADATA);
    boolean sections =
        recipe.member(StageReader.QUANTIZE).isPresent()
            || recipe.member(StageReader.AUTO_QUANTIZE).isPresent();
    if (metadata.isPresent() && !(metadata.get() instanceof Mapping)) {
      problems.add(
          metadata.get().place(),
          "metadata must be a map, such as {description: ...}, not " + metadata.get().kind());
      return Kind.TAKEN;
    }
    Mapping said = (Mapping) metadata.orElseGet(() -> new Mapping(recipe.place(), List.of()));
    Optional<YamlNode> type = said.value(TYPE);
    if (type.isPresent()) {
      return type(recipe, said, type.get());
    }
    if (sections || dialect == Dialect.STRICT_MODELOPT) {
      absent(recipe);
    }
    return Kind.TAKEN;
  }

  private void absent(Mapping recipe) {
    if (dialect == Dialect.STRICT_MODELOPT) {
      problems.add(
          Place.of(recipe.place().file()),
          "a recipe must have metadata: {recipe_type: ptq}; ModelOpt refuses one without");
    }
  }

  private Kind type(Mapping recipe, Mapping metadata, YamlNode node) {
    String type = node.json() instanceof Json.Str text ? text.value() : "";
    if (REFUSED.contains(type)) {
      problems.add(
          node.place(),
          "recipe_type "
              + type
              + " trains a model, which Sinter does not: it compresses checkpoints. The types are: "
              + String.join(", ", TYPES));
      return Kind.REFUSED;
    }
    if (!TYPES.contains(type)) {
      problems.add(
          node.place(),
          "there is no recipe_type "
              + node.kind()
              + "."
              + Nearest.hint(type, TYPES)
              + " The types are: "
              + String.join(", ", TYPES));
      return Kind.TAKEN;
    }
    String section = type.equals("ptq") ? StageReader.QUANTIZE : type;
    boolean composite =
        recipe.members().stream().anyMatch(member -> member.name().endsWith(StageReader.STAGE));
    if (recipe.member(section).isEmpty() && !composite) {
      problems.add(
          node.place(),
          "a recipe of type " + type + " must have a section " + section + " beside metadata");
    }
    if (dialect == Dialect.STRICT_MODELOPT) {
      strict(metadata, recipe);
    }
    return Kind.TAKEN;
  }

  private void strict(Mapping metadata, Mapping recipe) {
    for (Member member : metadata.members()) {
      if (!OF_MODELOPT.contains(member.name())) {
        problems.add(
            member.place(),
            "ModelOpt takes no \""
                + member.name()
                + "\" in metadata, only "
                + String.join(", ", OF_MODELOPT));
      }
    }
    for (Member member : recipe.members()) {
      if (!List.of(METADATA, StageReader.QUANTIZE, StageReader.AUTO_QUANTIZE)
          .contains(member.name())) {
        problems.add(
            member.place(), "ModelOpt takes no section \"" + member.name() + "\" in such a recipe");
      }
    }
    recipe
        .value(StageReader.QUANTIZE)
        .filter(Mapping.class::isInstance)
        .flatMap(section -> ((Mapping) section).value("algorithm"))
        .filter(Mapping.class::isInstance)
        .ifPresent(algorithm -> removed((Mapping) algorithm));
  }

  /** Forms that ModelOpt had before 0.47. */
  private void removed(Mapping algorithm) {
    for (Member member : algorithm.members()) {
      boolean older =
          REMOVED.contains(member.name())
              || (member.name().equals("layerwise") && member.value() instanceof YamlNode.Scalar);
      if (older) {
        problems.add(
            member.place(),
            "ModelOpt of today takes layerwise: {enable: true}, and no longer "
                + member.name()
                + ": "
                + member.value().kind());
      }
    }
  }
}
