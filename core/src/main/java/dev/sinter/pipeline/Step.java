/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.graph.Subgraph;
import dev.sinter.graph.Value;
import dev.sinter.plan.Calibration;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.task.SolvedUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One subgraph of a pass with the ids by which a run knows what is done in it: what is smoothed,
 * method by method, and what is solved.
 */
record Step(String id, CalibrationStep work, List<List<Smoothing>> methods) {
  Step {
    methods = List.copyOf(methods);
  }

  /** What smooths one pair. */
  record Smoothing(String id, CalibrationStep.Smoothed what) {}

  /** The steps of a pass, up to the last in which something is done. */
  static List<Step> of(int pass, List<Subgraph> subgraphs, Calibration calibration) {
    List<Step> steps = new ArrayList<>();
    for (CalibrationStep work : CalibrationStep.of(subgraphs, calibration)) {
      String id = String.format(Locale.ROOT, "pass-%02d-step-%04d", pass, steps.size());
      steps.add(new Step(id, work, methods(id, work)));
    }
    return List.copyOf(steps);
  }

  /** A method smooths what those before it have smoothed already. */
  private static List<List<Smoothing>> methods(String id, CalibrationStep work) {
    Map<Integer, List<Smoothing>> byMethod = new TreeMap<>();
    for (CalibrationStep.Smoothed smoothed : work.smoothed()) {
      int method = smoothed.plan().method();
      List<Smoothing> pairs = byMethod.computeIfAbsent(method, key -> new ArrayList<>());
      String pair = String.format(Locale.ROOT, "%s-smooth-%02d-%04d", id, method, pairs.size());
      pairs.add(new Smoothing(pair, smoothed));
    }
    return List.copyOf(byMethod.values());
  }

  Subgraph subgraph() {
    return work.subgraph();
  }

  /** The values of what is solved; each is solved under its place's id. */
  List<Value> inputs() {
    return List.copyOf(work.byValue().keySet());
  }

  String solveId(int input) {
    return String.format(Locale.ROOT, "%s-input-%04d", id, input);
  }

  boolean isEmpty() {
    return methods.isEmpty() && work.byValue().isEmpty();
  }

  /** What the step is made of. */
  List<String> ids() {
    List<String> ids = new ArrayList<>();
    methods.forEach(method -> method.forEach(pair -> ids.add(pair.id)));
    for (int input = 0; input < work.byValue().size(); input++) {
      ids.add(solveId(input));
    }
    return ids;
  }

  /** What was solved, in the order of the subgraph. */
  List<SolvedUnit> solvedUnits(Map<String, SolvedUnit> done) {
    return IntStream.range(0, work.byValue().size())
        .mapToObj(input -> done.get(solveId(input)))
        .toList();
  }

  boolean isDone(Set<String> done) {
    return done.containsAll(ids());
  }
}
