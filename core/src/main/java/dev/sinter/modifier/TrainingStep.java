/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import java.util.OptionalLong;

/**
 * Where a training is, in steps of its optimizer.
 *
 * @param step counted from zero, over all epochs
 * @param stepsPerEpoch given where schedules count in epochs
 */
public record TrainingStep(long step, OptionalLong stepsPerEpoch) {
  public TrainingStep {
    if (step < 0) {
      throw new IllegalArgumentException("There is no step " + step);
    }
    if (stepsPerEpoch.isPresent() && stepsPerEpoch.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "An epoch has at least one step, not " + stepsPerEpoch.getAsLong());
    }
  }

  /** For schedules that count in steps. */
  public static TrainingStep of(long step) {
    return new TrainingStep(step, OptionalLong.empty());
  }

  /** For schedules that count in epochs. */
  public static TrainingStep of(long step, long stepsPerEpoch) {
    return new TrainingStep(step, OptionalLong.of(stepsPerEpoch));
  }

  /** What schedules compare: the step, or the epoch with its part. */
  public double index() {
    return step / (double) stepsPerEpoch.orElse(1);
  }

  /** How far the index moves from one step to the next. */
  double indexOfStep() {
    return 1.0 / stepsPerEpoch.orElse(1);
  }
}
