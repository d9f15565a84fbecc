/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.modifier.ModuleResult;
import dev.sinter.task.SolvedUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What was committed, as modifiers are told of it. */
final class SessionResults {
  private SessionResults() {}

  /** The modules of units that were solved. */
  static List<ModuleResult> of(Collection<SolvedUnit> units) {
    return units.stream()
        .flatMap(unit -> unit.modules().stream())
        .map(figures -> new ModuleResult(figures.module(), figures.figures()))
        .toList();
  }

  /** The pairs that were smoothed, method by method. */
  static List<ModuleResult> smoothed(
      List<List<Step.Smoothing>> methods, Map<String, SolvedUnit> done) {
    List<ModuleResult> smoothed = new ArrayList<>();
    for (List<Step.Smoothing> method : methods) {
      for (Step.Smoothing smoothing : method) {
        String producer = smoothing.what().plan().pair().producer();
        done.get(smoothing.id()).modules().stream()
            .map(found -> new ModuleResult(producer, found.figures()))
            .forEach(smoothed::add);
      }
    }
    return smoothed;
  }
}
