/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

/**
 * What a method may do when something happens in its session. Hooks run on the driver, one at a
 * time, in the order of the recipe; what one throws stops the run. Tensors that a hook makes live
 * as long as its call, and no gradients are recorded in it.
 */
public interface LifecycleHooks {

  /** When it takes part in a training. */
  default Schedule schedule() {
    return Schedule.ALWAYS;
  }

  /** Before anything is done: the last moment to refuse. */
  default void onInitialize(State state) {}

  /** Before data runs through the model; not called if nothing needs data. */
  default void onCalibrationStart(State state) {}

  /** When a subgraph in which something was done is committed. */
  default void onSubgraphEnd(State state, Event.SubgraphEnd event) {}

  /** When data has run through the model for the last time. */
  default void onCalibrationEnd(State state) {}

  /** In a training, at the start of the first batch within the schedule. */
  default void onStart(State state, Event.Training event) {}

  /** In a training, at every event of the steps that the schedule names. */
  default void onUpdate(State state, Event.Training event) {}

  /** In a training, at the end of the schedule or of the session; not if it never started. */
  default void onEnd(State state) {}

  /** When all is done, and before the result of a run counts as whole. */
  default void onFinalize(State state) {}

  /** At every event, before its own hook; those of a training outside the schedule, too. */
  default void onEvent(State state, Event event) {}
}
