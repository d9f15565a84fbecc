/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.quantizer;

import dev.sinter.graph.ModuleInfo;
import dev.sinter.graph.SmoothingPairs;
import dev.sinter.json.Json;
import dev.sinter.modifier.Modifier;
import dev.sinter.modifier.Smoother;
import dev.sinter.modifier.Smoothing;
import dev.sinter.modifier.Solver;
import dev.sinter.modifier.Targets;
import dev.sinter.modifier.smoothing.IgnoringTargets;
import dev.sinter.modifier.smoothing.PairSettings;
import dev.sinter.modifier.smoothing.PairSettings.Producers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scales the inputs of quantized linear modules. ModelOpt chooses factors for each module and keeps
 * them beside its weight (pre_quant_scale) until they are folded into the module before, where that
 * can be; here they are always folded, and modules for which that cannot be are left as they are
 * and told.
 */
record FoldedSmoothing(String name, Json.Obj settings, QuantizerRules rules, Smoother smoother)
    implements Modifier, Smoothing {
  private static final PairSettings PAIRS =
      new PairSettings(Producers.NORMS_AND_LINEARS, Optional.empty(), List.of(), List.of());

  @Override
  public Targets targets() {
    return new IgnoringTargets(List.of(), List.of());
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
  public Choice pairs(SmoothingPairs pairs, List<ModuleInfo> modules) {
    Choice standard = PAIRS.in(pairs, modules);
    Set<String> scaled = new HashSet<>();
    standard.pairs().forEach(pair -> scaled.addAll(pair.linears()));
    Map<String, List<String>> left = new LinkedHashMap<>();
    for (String module : rules.resolve(modules).touched().keySet()) {
      Optional<String> obstacle = pairs.obstacle(module);
      if (!scaled.contains(module) && obstacle.isPresent()) {
        left.computeIfAbsent(obstacle.get(), why -> new ArrayList<>()).add(module);
      }
    }
    List<String> notices = new ArrayList<>(standard.notices());
    if (!left.isEmpty()) {
      notices.add(unfolded(left));
    }
    return new Choice(standard.pairs(), notices, standard.problems());
  }

  private static String unfolded(Map<String, List<String>> left) {
    List<String> names = left.values().stream().flatMap(List::stream).toList();
    Map.Entry<String, List<String>> first = left.entrySet().iterator().next();
    return names.get(0)
        + (names.size() == 1 ? "" : " and " + (names.size() - 1) + " more")
        + " are rounded as they are: factors for their inputs would have to be kept beside the"
        + " weights (ModelOpt's pre_quant_scale), which no client of compressed-tensors reads, since"
        + " nothing before them can be scaled instead ("
        + first.getKey()
        + ")";
  }
}
