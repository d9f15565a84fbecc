/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.ranges;

import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import dev.sinter.quantization.RangeCandidates;
import dev.sinter.quantization.RangeCandidates.Fp8Scales;
import dev.sinter.quantization.RangeCandidates.Fp8Scales.Reach;
import java.util.List;
import java.util.Optional;

/** Quantizes weights with searched ranges. */
public final class RangesModifier implements Modifier {
  private final String name;
  private final Targets targets;
  private final Json.Obj settings;
  private final RangeSolver solver;
  private final List<String> missing;

  private RangesModifier(
      String name, Targets targets, Json.Obj settings, RangeSolver solver, List<String> missing) {
    this.name = name;
    this.targets = targets;
    this.settings = settings;
    this.solver = solver;
    this.missing = List.copyOf(missing);
  }

  /** A method that looks for ranges of weights, by its name in recipes. */
  public record Method(String name, Targets targets, Json.Obj settings, List<String> missing) {
    public Method {
      missing = List.copyOf(missing);
    }

    /** By the errors of the weights themselves; without candidates, by all scales of NVFP4. */
    public Modifier byWeights(Optional<RangeCandidates> candidates) {
      return by(candidates.orElse(new Fp8Scales(Reach.NEAR)), new Weighing.Weights());
    }

    /** By what the errors of so many columns next to each other add up to in outputs. */
    public Modifier byBlocks(int columns, Optional<RangeCandidates> candidates) {
      return by(candidates.orElse(new Fp8Scales(Reach.ALL)), new Weighing.Blocks(columns));
    }

    /** By what the errors of the columns that share a scale add up to in outputs. */
    public Modifier byGroups(RangeCandidates candidates) {
      return by(candidates, new Weighing.Groups());
    }

    private Modifier by(RangeCandidates candidates, Weighing weighing) {
      return new RangesModifier(
          name, targets, settings, new RangeSolver(candidates, weighing), missing);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Targets targets() {
    return targets;
  }

  @Override
  public Optional<Solver> solver() {
    return Optional.of(solver);
  }

  @Override
  public Json.Obj settings() {
    return settings;
  }

  @Override
  public boolean needsCalibration() {
    return !(solver.weighing() instanceof Weighing.Weights);
  }

  @Override
  public List<String> missing() {
    return missing;
  }
}
