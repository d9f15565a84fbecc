/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.modifier;

import dev.sinter.quantization.QuantizationScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a session is about, and how far it is.
 *
 * @param model where the checkpoint is
 * @param modifiers all that take part, in their order
 * @param modules those that are quantized, in the order of the checkpoint; none in a training
 * @param subgraph the one that was done last, while calibrating
 * @param results what was found of modules that are solved
 * @param training where the training is, if there is one
 * @param parameters what a training loop trains, by name, to be changed in place; none in a run
 */
public record State(
    String model,
    List<Modifier> modifiers,
    List<Planned> modules,
    Optional<String> subgraph,
    List<ModuleResult> results,
    Optional<TrainingStep> training,
    Map<String, Tensor> parameters) {
  public State {
    modifiers = List.copyOf(modifiers);
    modules = List.copyOf(modules);
    results = List.copyOf(results);
    parameters = Map.copyOf(parameters);
  }

  /** A module, how it will be represented, and which rule of which modifier decided. */
  public record Planned(String module, QuantizationScheme scheme, String decidedBy) {}

  /** Before a checkpoint is compressed. */
  public static State ofRun(String model, List<Modifier> modifiers, List<Planned> modules) {
    return new State(
        model, modifiers, modules, Optional.empty(), List.of(), Optional.empty(), Map.of());
  }

  /** Before a model is trained. */
  public static State ofTraining(
      String model, List<Modifier> modifiers, Map<String, Tensor> parameters) {
    return new State(
        model, modifiers, List.of(), Optional.empty(), List.of(), Optional.empty(), parameters);
  }

  /** The same after a subgraph, or after none. */
  public State behind(Optional<String> done) {
    return new State(model, modifiers, modules, done, results, training, parameters);
  }

  /** The same with more results. */
  public State with(List<ModuleResult> more) {
    List<ModuleResult> all = new ArrayList<>(results);
    all.addAll(more);
    return new State(model, modifiers, modules, subgraph, all, training, parameters);
  }

  /** The same at a step of a training. */
  public State at(TrainingStep step) {
    return new State(model, modifiers, modules, subgraph, results, Optional.of(step), parameters);
  }
}
