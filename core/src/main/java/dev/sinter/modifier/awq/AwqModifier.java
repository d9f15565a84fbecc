/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier.awq;

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

/** Scales weights before another method rounds them. */
record AwqModifier(Json.Obj settings, PairSettings pairs, AwqSmoother smoother)
    implements Modifier, Smoothing {
  static final String NAME = "AWQModifier";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Targets targets() {
    return new IgnoringTargets(List.of(), pairs.ignore());
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
