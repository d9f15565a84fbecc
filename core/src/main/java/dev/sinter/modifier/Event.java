/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import java.util.List;
import java.util.Locale;

/** What happens in a session, as its modifiers are told of it. */
public sealed interface Event {

  /** What people call it, such as "subgraph end". */
  default String label() {
    return label(getClass());
  }

  /** What people call events of a type. */
  static String label(Class<? extends Event> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }

  /** The run is about to begin: everything was checked, nothing was done. */
  record Initialize() implements Event {}

  /** Data is about to run through the model. */
  record CalibrationStart() implements Event {}

  /**
   * All that is done in a subgraph was done and committed.
   *
   * @param pass which time the data runs through the model, from zero
   * @param smoothed the pairs that were smoothed, by the module whose rows were divided
   * @param solved the modules whose weights are in codes now
   */
  record SubgraphEnd(
      String subgraph, int pass, List<ModuleResult> smoothed, List<ModuleResult> solved)
      implements Event {
    public SubgraphEnd {
      smoothed = List.copyOf(smoothed);
      solved = List.copyOf(solved);
    }
  }

  /** Data has run through the model for the last time. */
  record CalibrationEnd() implements Event {}

  /** A moment in a batch of a training loop. */
  sealed interface Training extends Event {
    TrainingStep at();
  }

  record BatchStart(TrainingStep at) implements Training {}

  record LossCalculated(TrainingStep at, double loss) implements Training {}

  /** Gradients are there, and the optimizer has not used them yet. */
  record OptimizerPreStep(TrainingStep at) implements Training {}

  /** The optimizer has changed the parameters. */
  record OptimizerPostStep(TrainingStep at) implements Training {}

  record BatchEnd(TrainingStep at) implements Training {}

  /** All is done. */
  record Finalize() implements Event {}
}
