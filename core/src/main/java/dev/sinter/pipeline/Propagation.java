/* SPDX-License-Identifier: Apache-2.0 */
package dev.sinter.pipeline;

import dev.sinter.checkpoint.SafetensorsHeader;
import dev.sinter.checkpoint.TensorEntry;
import dev.sinter.graph.Node;
import dev.sinter.graph.Subgraph;
import dev.sinter.plan.CalibrationStep;
import dev.sinter.plan.ModulePlan;
import dev.sinter.plan.Plan;
import dev.sinter.session.Workspace;
import dev.sinter.task.InputUnit;
import dev.sinter.task.RunContext;
import dev.sinter.task.SolveUnit;
import dev.sinter.task.SolvedModule;
import dev.sinter.task.SolvedUnit;
import dev.sinter.weight.ActivationPoint;
import dev.sinter.weight.StoredActivation;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What subgraphs are calibrated on of what was done to those before them. */
final class Propagation {
  private final Plan plan;
  private final Workspace workspace;
  private final Rescalings rescalings;
  private final Traversal traversal;

  Propagation(Plan plan, Workspace workspace, Rescalings rescalings, Traversal traversal) {
    this.plan = plan;
    this.workspace = workspace;
    this.rescalings = rescalings;
    this.traversal = traversal;
  }

  /** A run with activations as they are rounded in a subgraph, and its compressed modules. */
  record Seen(RunContext run, List<SolvedModule> modules) {}

  /** Whether what stands behind a step sees another output of it than the step was swept with. */
  boolean rewrites(CalibrationStep step) {
    return traversal.propagatesActivations()
        || (traversal.propagates() && step.changesWhatFollows());
  }

  /** The same of what is solved of data alone. */
  Propagation ofSolved() {
    return traversal.propagatesActivations()
        ? new Propagation(plan, workspace, rescalings, traversal.with(ErrorPropagation.ON))
        : this;
  }

  /** What a subgraph is advanced with whose units are solved. */
  Seen of(RunContext run, Subgraph subgraph, List<InputUnit> units, Map<String, SolvedUnit> done)
      throws IOException {
    if (!traversal.propagates()) {
      return new Seen(run, List.of());
    }
    Map<String, SolvedModule> modules = new LinkedHashMap<>();
    for (InputUnit unit : units) {
      SolveUnit work = (SolveUnit) unit.work();
      String file = done.get(work.id()).file().name();
      work.modules().stream()
          .filter(this::isSeen)
          .forEach(module -> modules.put(module.module(), new SolvedModule.Stored(module, file)));
    }
    return traversal.propagatesActivations()
        ? asServed(run, subgraph, units, done, modules)
        : new Seen(run, List.copyOf(modules.values()));
  }

  private boolean isSeen(ModulePlan module) {
    return traversal.propagatesActivations() || module.solver().changesWhatFollows();
  }

  private Seen asServed(
      RunContext run,
      Subgraph subgraph,
      List<InputUnit> units,
      Map<String, SolvedUnit> done,
      Map<String, SolvedModule> modules)
      throws IOException {
    Set<String> names = subgraph.nodes().stream().map(Node::module).collect(Collectors.toSet());
    plan.modules().stream()
        .filter(module -> names.contains(module.module()))
        .map(rescalings::apply)
        .forEach(module -> modules.putIfAbsent(module.module(), new SolvedModule.Rounded(module)));
    Map<ActivationPoint, StoredActivation> rounded =
        new ServedActivations(plan).in(names, tensors(units, done), workspace);
    // Kept apart from what the same parameters give where nothing is rounded.
    return new Seen(
        run.withActivations(run.runId() + "/served", rounded), List.copyOf(modules.values()));
  }

  /** Where the parameters of activations lie that were found in these units. */
  private Map<String, TensorEntry> tensors(List<InputUnit> units, Map<String, SolvedUnit> done)
      throws IOException {
    Map<String, TensorEntry> tensors = new HashMap<>();
    for (InputUnit unit : units) {
      SolvedUnit solved = done.get(unit.work().id());
      if (!solved.parameters().isEmpty()) {
        SafetensorsHeader.read(workspace.solved(), solved.file().name())
            .tensors()
            .forEach(entry -> tensors.put(entry.name(), entry));
      }
    }
    return tensors;
  }
}
