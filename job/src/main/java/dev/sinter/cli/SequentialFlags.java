/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.cli;

import dev.sinter.graph.ExpertCoverage;
import dev.sinter.graph.SequentialTargets;
import dev.sinter.json.Json;
import dev.sinter.pipeline.ErrorPropagation;
import dev.sinter.pipeline.Traversal;
import dev.sinter.problem.RequestException;
import dev.sinter.setting.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags that say by which pieces a model is calibrated, and with which tokens. */
final class SequentialFlags {
  private static final String TARGETS = "sequential_targets";
  private static final String PER_SUBGRAPH = "sequential_targets_per_subgraph";
  private static final String PROPAGATE = "propagate_error";
  private static final String PROPAGATE_ACTIVATIONS = "propagate_activation_error";
  private static final String ALL_EXPERTS = "moe_calibrate_all_experts";

  @Option(
      names = "--sequential-targets",
      split = RecipeFlags.COMMAS,
      splitSynopsisLabel = ",",
      paramLabel = "TARGET",
      description =
          "Class names, module names, or re:REGEX. Each module that they mean is calibrated on what those before it put out once they are compressed (default: the model's layers).")
  private List<String> targets = List.of();

  @Option(
      names = "--sequential-targets-per-subgraph",
      paramLabel = "N",
      description = "How many of them are calibrated at once (default: 1).")
  private Optional<Integer> perSubgraph = Optional.empty();

  @Option(
      names = "--moe-calibrate-all-experts",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Whether each expert is calibrated with all tokens, which takes as many times longer as there are experts for each that a token is routed to, or with those routed to it (default: false).")
  private Optional<Boolean> allExperts = Optional.empty();

  @Option(
      names = "--propagate-error",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "With false, layers are calibrated on what those before them put out dense, not compressed (default: true).")
  private Optional<Boolean> propagateError = Optional.empty();

  @Option(
      names = "--propagate-activation-error",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Whether layers are calibrated on what clients will compute with those before them: weights that are rounded to nearest, too, and rounded inputs, outputs and caches (default: false).")
  private Optional<Boolean> propagateActivationError = Optional.empty();

  /** What is given, by the names of a recipe's section. */
  Map<String, Object> given() {
    Map<String, Object> given = new LinkedHashMap<>();
    if (!targets.isEmpty()) {
      given.put(TARGETS, targets);
    }
    perSubgraph.ifPresent(value -> given.put(PER_SUBGRAPH, value));
    allExperts.ifPresent(value -> given.put(ALL_EXPERTS, value));
    propagateError.ifPresent(value -> given.put(PROPAGATE, value));
    propagateActivationError.ifPresent(value -> given.put(PROPAGATE_ACTIVATIONS, value));
    return given;
  }

  /** How data goes through the model, by the names of a recipe's section. */
  static Traversal traversal(Json.Obj settings) {
    return Traversal.USUAL
        .by(targets(settings))
        .with(experts(settings))
        .with(propagation(settings));
  }

  private static ErrorPropagation propagation(Json.Obj settings) {
    boolean propagates = isOn(settings, PROPAGATE, true);
    if (!isOn(settings, PROPAGATE_ACTIVATIONS, false)) {
      return propagates ? ErrorPropagation.ON : ErrorPropagation.OFF;
    }
    if (!propagates) {
      throw new RequestException(
          "--propagate-activation-error true and --propagate-error false contradict each other: the"
              + " first means all errors, the second none. Leave one of them out");
    }
    return ErrorPropagation.AS_SERVED;
  }

  private static boolean isOn(Json.Obj settings, String name, boolean usual) {
    return settings.member(name).map(value -> ((Json.Bool) value).value()).orElse(usual);
  }

  /** Which tokens experts see, by the names of a recipe's section. */
  static ExpertCoverage experts(Json.Obj settings) {
    return isOn(settings, ALL_EXPERTS, false) ? ExpertCoverage.ALL : ExpertCoverage.ROUTED;
  }

  /** Where the model is cut, by the names of a recipe's section. */
  static SequentialTargets targets(Json.Obj settings) {
    return new SequentialTargets(
        settings.member(TARGETS).map(Settings::texts).orElse(List.of()),
        settings.member(PER_SUBGRAPH).map(value -> (int) ((Json.Num) value).asLong()).orElse(1));
  }
}
