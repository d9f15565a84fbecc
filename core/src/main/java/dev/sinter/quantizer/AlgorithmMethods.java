/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Targets;
import dev.sinter.modifier.awq.LinearAwqSmoother;
import dev.sinter.modifier.gptq.GptqModifier;
import dev.sinter.modifier.quantization.QuantizationModifier;
import dev.sinter.modifier.ranges.RangesModifier;
import dev.sinter.modifier.smoothquant.LargestInputSmoother;
import dev.sinter.quantization.Headroom;
import dev.sinter.quantization.Observer;
import dev.sinter.quantization.RangeCandidates;
import dev.sinter.quantization.RangeCandidates.Multiples;
import dev.sinter.setting.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The methods that a section's algorithms are here: those that smooth, in their order, and one that
 * quantizes.
 */
final class AlgorithmMethods {
  private final QuantizerRules rules;
  private final Json.Obj section;
  private final List<String> missing = new ArrayList<>();
  private final List<Modifier> methods = new ArrayList<>();
  private Optional<Algorithm> quantizing = Optional.empty();
  private Optional<Algorithm> observing = Optional.empty();

  private AlgorithmMethods(QuantizerRules rules, Json.Obj section) {
    this.rules = rules;
    this.section = section;
  }

  static List<Modifier> of(List<Algorithm> algorithms, QuantizerRules rules, Json.Obj section) {
    AlgorithmMethods methods = new AlgorithmMethods(rules, section);
    methods.addUnmet();
    algorithms.forEach(methods::add);
    methods.methods.add(methods.quantizing());
    return List.copyOf(methods.methods);
  }

  /** What rules ask for and this version has not. */
  private void addUnmet() {
    List<QuantizerAttributes> all =
        rules.rules().stream().flatMap(rule -> rule.cfg().stream()).toList();
    if (all.stream().anyMatch(cfg -> cfg.given().members().containsValue(Json.of("histogram")))) {
      missing.add("the calibrator histogram");
    }
    if (all.stream().anyMatch(cfg -> cfg.blocks().filter(BlockSizes::fourOverSix).isPresent())) {
      missing.add("four_over_six, which chooses between two scales of each block");
    }
  }

  private void add(Algorithm algorithm) {
    missing.addAll(algorithm.unmet());
    switch (algorithm.kind()) {
      case MAX -> {
        // What is searched begins with it; behind a search it would undo that.
        if (quantizing.filter(before -> !before.method().equals(Algorithms.GPTQ)).isPresent()) {
          conflict(algorithm);
        }
      }
      case QUANTIZES -> quantize(algorithm);
      case SMOOTHS -> smooth(algorithm);
      case SMOOTHS_AND_QUANTIZES -> {
        smooth(algorithm);
        quantize(algorithm);
      }
      case OBSERVES -> {
        observing = Optional.of(algorithm);
        algorithm.nested().forEach(this::add);
      }
      case MISSING -> missing.add("ModelOpt's algorithm " + algorithm.method());
    }
  }

  private void quantize(Algorithm algorithm) {
    quantizing.ifPresent(before -> conflict(algorithm));
    quantizing = Optional.of(algorithm);
  }

  private void smooth(Algorithm algorithm) {
    quantizing.ifPresent(before -> conflict(algorithm));
    Settings settings = algorithm.settings();
    methods.add(
        new FoldedSmoothing(
            algorithm.method(),
            section,
            rules,
            algorithm.method().equals(Algorithms.SMOOTHQUANT)
                ? new LargestInputSmoother(settings.number(Algorithms.ALPHA))
                : LinearAwqSmoother.of(settings.number(Algorithms.ALPHA_STEP))));
  }

  private void conflict(Algorithm algorithm) {
    missing.add(
        "ModelOpt's algorithm "
            + algorithm.method()
            + " behind "
            + quantizing.orElseThrow().method()
            + ", which has chosen scales of weights before");
  }

  private Modifier quantizing() {
    Targets targets = targets();
    if (quantizing.isEmpty()) {
      return new QuantizationModifier(targets, section, missing);
    }
    Algorithm algorithm = quantizing.get();
    Settings settings = algorithm.settings();
    RangesModifier.Method method =
        new RangesModifier.Method(algorithm.method(), targets, section, missing);
    return switch (algorithm.method()) {
      case Algorithms.GPTQ ->
          GptqModifier.inOrder(
              targets,
              section,
              settings.whole(Algorithms.BLOCK),
              settings.number(Algorithms.DAMPING),
              missing);
      case Algorithms.MSE -> method.byWeights(candidates(settings));
      case Algorithms.HESSIAN ->
          method.byBlocks(settings.whole(Algorithms.BLOCK), candidates(settings));
      default -> method.byGroups(cuts(settings));
    };
  }

  private Targets targets() {
    boolean grouped =
        quantizing
            .filter(it -> List.of(Algorithms.CLIP, Algorithms.FULL).contains(it.method()))
            .isPresent();
    return grouped || observing.isPresent()
        ? new RefinedRules(rules, grouped, observing.map(AlgorithmMethods::observer))
        : rules;
  }

  private static Observer observer(Algorithm headroom) {
    Settings settings = headroom.settings();
    return new Headroom(
            settings.number(Algorithms.ANCHOR),
            settings.number(Algorithms.UPPER),
            settings.number(Algorithms.RHO))
        .observer();
  }

  /** Equal steps that cover start to stop, ceil((stop - start) / step) + 1; or all scales. */
  private static Optional<RangeCandidates> candidates(Settings settings) {
    if (settings.flag(Algorithms.SWEEP)) {
      return Optional.empty();
    }
    double start = settings.number(Algorithms.START);
    double stop = settings.number(Algorithms.STOP);
    int count = (int) Math.ceil((stop - start) / settings.number(Algorithms.STEP)) + 1;
    return Optional.of(Multiples.between(start, stop, count));
  }

  /** From the least ratio on, and 1. */
  private static RangeCandidates cuts(Settings settings) {
    double least = settings.number(Algorithms.LEAST_RATIO);
    double step = settings.number(Algorithms.SHRINK);
    List<Double> ratios = new ArrayList<>();
    for (int index = 0; least + index * step < 1 - 1e-9; index++) {
      ratios.add(least + index * step);
    }
    ratios.add(1.0);
    return new Multiples(ratios);
  }

  /** Settings of searches that do not go together. */
  static void check(Algorithm algorithm) {
    Settings settings = algorithm.settings();
    if (!settings.isSound()) {
      return;
    }
    for (String name :
        List.of(
            Algorithms.STEP,
            Algorithms.START,
            Algorithms.SHRINK,
            Algorithms.LEAST_RATIO,
            Algorithms.ALPHA_STEP,
            Algorithms.RHO)) {
      if (settings.table().setting(name).isPresent() && settings.number(name) <= 0) {
        settings.problem(name, name + " must be above 0");
      }
    }
    if (settings.table().setting(Algorithms.STOP).isPresent()
        && settings.number(Algorithms.STOP) < settings.number(Algorithms.START)) {
      settings.problem(
          Algorithms.STOP,
          "stop_multiplier must not be below start_multiplier, "
              + settings.number(Algorithms.START));
    }
    if (settings.table().setting(Algorithms.UPPER).isPresent()
        && settings.number(Algorithms.UPPER) < settings.number(Algorithms.ANCHOR)) {
      settings.problem(
          Algorithms.UPPER,
          "upper_percentile must not be below anchor_percentile, "
              + settings.number(Algorithms.ANCHOR));
    }
  }
}
