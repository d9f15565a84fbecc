/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothing;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import java.util.List;
import java.util.Optional;

/**
 * A method that changes weights before another rounds them, and rounds none itself.
 *
 * @param touched what plans call its targets; none where the pairs alone say it
 */
public record SmoothingModifier(
    String name, Json.Obj settings, List<String> touched, PairSettings pairs, Smoother smoother)
    implements Modifier, Smoothing {
  public SmoothingModifier {
    touched = List.copyOf(touched);
  }

  @Override
  public Targets targets() {
    return new IgnoringTargets(touched, pairs.ignore());
  }

  @Override
  public Optional<Solver> solver() {
    return Optional.empty();
  }

  @Override
  public Optional<Smoothing> smoothing() {
    return Optional.of(this);
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  @Override
  public Choice pairs(SmoothingPairs found, List<ModuleInfo> modules) {
    return pairs.in(found, modules);
  }
}
