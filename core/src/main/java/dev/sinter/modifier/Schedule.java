/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.json.Json;
import dev.sinter.setting.Form;
import dev.sinter.setting.Setting;
import dev.sinter.setting.Settings;
import java.util.List;
import java.util.OptionalDouble;

/**
 * When a method takes part in a training, in the index of its {@link TrainingStep}s.
 *
 * @param start never, if there is none
 * @param end not to the end of the training, if there is one
 * @param update from one time to the next; every step, if there is none or it is not positive
 */
public record Schedule(OptionalDouble start, OptionalDouble end, OptionalDouble update) {
  /** The whole training, every step. */
  public static final Schedule ALWAYS =
      new Schedule(OptionalDouble.of(0), OptionalDouble.empty(), OptionalDouble.empty());

  /** The settings that say it in recipes. */
  public static final List<Setting> SETTINGS =
      List.of(
          Setting.of("start", Form.Real.ANY, "The step or epoch at which it begins"),
          Setting.of("end", Form.Real.ANY, "The step or epoch at which it ends"),
          Setting.of("update", Form.Real.ANY, "How often it is applied"));

  /** Indices are quotients: those that differ by less are one. */
  private static final double TOLERANCE = 1e-9;

  /** Reads the settings; one that could never begin is a problem. */
  public static Schedule read(Settings settings) {
    Schedule schedule =
        new Schedule(
            number(settings, "start"), number(settings, "end"), number(settings, "update"));
    double start = schedule.start.orElse(Double.NEGATIVE_INFINITY);
    double end = schedule.end.orElse(Double.POSITIVE_INFINITY);
    if (end <= start) {
      settings.problem(
          "end",
          "end is "
              + end
              + " and start "
              + start
              + ", so that it would never begin; leave end out if it is to go on");
    }
    return schedule;
  }

  private static OptionalDouble number(Settings settings, String name) {
    return settings.json(name).stream()
        .mapToDouble(value -> ((Json.Num) value).asDouble())
        .findFirst();
  }

  /** Whether a method that has not begun begins at this step. */
  public boolean starts(TrainingStep at) {
    return start.isPresent()
        && start.getAsDouble() <= at.index()
        && (end.isEmpty() || at.index() < end.getAsDouble());
  }

  /** Whether a method that has begun ends with this step. */
  public boolean ends(TrainingStep at) {
    return end.isPresent() && at.index() >= end.getAsDouble();
  }

  /**
   * Whether a method that has begun is applied at this step: at multiples of update, or at the
   * first step behind one where no step lies on it.
   */
  public boolean isDue(TrainingStep at) {
    double every = update.orElse(0);
    return every <= 0
        || multiples(at.index(), every) > multiples(at.index() - at.indexOfStep(), every);
  }

  private static double multiples(double index, double every) {
    return Math.floor(index / every + TOLERANCE);
  }
}
