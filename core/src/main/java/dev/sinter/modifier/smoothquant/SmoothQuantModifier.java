/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.smoothquant;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import dev.sinter.modifier.smoothing.IgnoringTargets;
import dev.sinter.modifier.smoothing.PairSettings;
import java.util.List;
import java.util.Optional;

/** Moves outliers of activations into weights. */
record SmoothQuantModifier(
    String name, Json.Obj settings, PairSettings pairs, SmoothQuantSmoother smoother)
    implements Modifier, Smoothing {

  @Override
  public Targets targets() {
    return new IgnoringTargets(pairs.targets(), pairs.ignore());
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
